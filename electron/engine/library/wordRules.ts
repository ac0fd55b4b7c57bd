/** What the user says of words: which to leave out, which mean the same, which belong together. */
import type { SqliteDatabase } from '../../../native/database.ts';
import type { WordRules } from '../contract.ts';

interface Row {
  kind: 'exclude' | 'merge' | 'join';
  word: string;
  target: string | null;
}

export class WordRuleRepository {
  readonly #database: SqliteDatabase;

  constructor(database: SqliteDatabase) {
    this.#database = database;
  }

  get(): WordRules {
    const rows = this.#database
      .prepare('SELECT kind, word, target FROM word_rules ORDER BY id')
      .all() as Row[];
    const words = (kind: Row['kind']): string[] =>
      rows.filter((row) => row.kind === kind).map(({ word }) => word);
    return {
      exclude: words('exclude'),
      merge: rows.flatMap(({ kind, word, target }) =>
        kind === 'merge' ? [{ from: word, into: target! }] : [],
      ),
      join: words('join'),
    };
  }

  /** Replaces all rules, in a transaction. */
  set({ exclude, merge, join }: WordRules): void {
    this.#database.transaction(() => {
      this.#database.prepare('DELETE FROM word_rules').run();
      const insert = this.#database.prepare(
        'INSERT INTO word_rules (kind, word, target) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
      );
      for (const word of exclude) insert.run('exclude', word, null);
      for (const { from, into } of merge) insert.run('merge', from, into);
      for (const words of join) insert.run('join', words, null);
    })();
  }
}
