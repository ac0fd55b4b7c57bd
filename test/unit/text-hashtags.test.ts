import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { HashtagSplitter } from '../../models/text/hashtags.ts';
import { hashtags, libraryWords } from '../fixtures/hashtags.ts';

const lexicon = readFileSync('models/weights/glove-100d.words.txt', 'utf8').trimEnd().split('\n');
const own = new Map(Object.entries(libraryWords));
const splitter = new HashtagSplitter(own, lexicon);

function accuracy(splitter: HashtagSplitter, expected: readonly string[]): number {
  const right = expected.filter((words) => splitter.split(words.replaceAll(' ', '')).join(' ') === words);
  return right.length / expected.length;
}

describe('HashtagSplitter', () => {
  const tags = hashtags.split(', ');

  it('reads nine in ten tags in eight languages as people do, and leaves nine in ten of the single words whole', () => {
    expect(tags.length).toBeGreaterThan(60);
    expect(accuracy(splitter, tags)).toBeGreaterThanOrEqual(0.9);
    expect(
      accuracy(
        splitter,
        tags.filter((words) => !words.includes(' ')),
      ),
    ).toBeGreaterThanOrEqual(0.9);
  });

  it('reads four in five without the words of the library', () => {
    expect(accuracy(new HashtagSplitter(new Map(), lexicon), tags)).toBeGreaterThanOrEqual(0.8);
  });

  it('trusts the words of the library before the lexicon', () => {
    const named = new HashtagSplitter(
      new Map([
        ['goldengate', 40],
        ['fluffels', 30],
        ['sofa', 12],
      ]),
      lexicon,
    );
    expect(named.split('goldengate')).toEqual(['goldengate']);
    expect(named.split('fluffelssofa')).toEqual(['fluffels', 'sofa']);
    expect(splitter.split('fluffelssofa')).toEqual(['fluffelssofa']);
  });

  it('splits by the library alone where there is no lexicon', () => {
    const alone = new HashtagSplitter(own, []);
    expect(alone.split('sunsetbeach')).toEqual(['sunset', 'beach']);
    expect(alone.split('perrosdeplaya')).toEqual(['perros', 'de', 'playa']);
    expect(alone.split('goldengate')).toEqual(['goldengate']);
  });

  it('never makes pieces of one letter', () => {
    const letters = new HashtagSplitter(new Map(Array.from('abcdefgh', (letter) => [letter, 1000])), lexicon);
    for (const tag of [
      'abcdefgh',
      'ilovedogs',
      'aday',
      'vitaminc',
      ...tags.map((words) => words.replaceAll(' ', '')),
    ]) {
      for (const piece of letters.split(tag)) expect([...piece].length, tag).toBeGreaterThan(1);
    }
  });

  it.each(['', 'x', 'sun', 'goldengate2', '日本語の猫です', 'x'.repeat(5000), 'constructor'])(
    'leaves %j whole',
    (tag) => {
      expect(splitter.split(tag)).toEqual([tag]);
    },
  );
});
