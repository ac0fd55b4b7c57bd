/** What is said of a word, by where its meaning comes from. */
import { describe, expect, it } from 'vitest';
import { wordSourceSchema } from '../../electron/engine/contract.ts';
import { accountOf } from '../../renderer/text/wordSources.ts';

describe('the account of a word', () => {
  it('is another one for each source', () => {
    const accounts = wordSourceSchema.options.map((source) => accountOf(source, 3));
    expect(new Set(accounts).size).toBe(accounts.length);
    expect(accountOf('learned', 1)).toBe('Learned from your captions, where it stands 1 time.');
  });

  it('does not say of a word that is found by its text that nobody has it', () => {
    expect(accountOf('written', 0)).toBe('No model knows it; photos are found by their words.');
  });
});
