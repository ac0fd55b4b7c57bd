/**
 * Words for photos, from suggestion to sidecar: what the calls of the contract about tags do. Suggestions come from the active
 * model, edits are kept in the library, and both know of each other through here.
 */
import type { z } from 'zod';
import {
  type CallOutput,
  type calls,
  type Edit,
  type EditableText,
  PhotolexError,
  type SidecarReport,
  type SuggestedPhoto,
} from '../contract.ts';
import { counted } from '../counted.ts';
import type { Jobs } from '../jobs/jobs.ts';
import type { EditChange } from '../library/edits.ts';
import type { KeywordTree } from '../library/keywordTree.ts';
import type { Library } from '../library/library.ts';
import type { Searcher } from '../search/searcher.ts';
import { pendingPhotos, planWrites, writeSidecars } from './sidecars.ts';
import { TagSuggester } from './suggester.ts';

type Input<N extends keyof typeof calls> = z.output<(typeof calls)[N]['input']>;

/** What tagging needs of the open library. */
export interface TaggingHost {
  library: Library;
  jobs: Jobs;
  searcher(): Promise<Searcher>;
  /** The library's words have changed: searches have to read them anew. */
  changed(): void;
}

export class Tagging {
  readonly #host: TaggingHost;
  readonly #library: Library;
  /** The edit that a running job makes. */
  #unfinished: number | null = null;
  #suggester: { searcher: Searcher; loading: Promise<TagSuggester> } | null = null;

  constructor(host: TaggingHost) {
    this.#host = host;
    this.#library = host.library;
  }

  /** The suggester of the searcher that answers now. */
  async #current(): Promise<TagSuggester> {
    const searcher = await this.#host.searcher();
    if (this.#suggester?.searcher !== searcher) {
      const loading = TagSuggester.load(this.#library, searcher);
      const suggester = { searcher, loading };
      this.#suggester = suggester;
      loading.catch(() => {
        // The next call tries again.
        if (this.#suggester === suggester) this.#suggester = null;
      });
    }
    return await this.#suggester.loading;
  }

  async suggest({
    photos,
    offset,
    limit,
    ...options
  }: Input<'suggestTags'>): Promise<CallOutput<'suggestTags'>> {
    const suggester = await this.#current();
    const started = performance.now();
    const { photos: repository } = this.#library;
    const ids = photos ?? repository.untaggedPage(offset, limit);
    const suggested = suggester.suggest(ids, options);
    const found = new Map(repository.found(ids).map((photo) => [photo.id, photo]));
    return {
      total: photos ? photos.length : repository.countUntagged(),
      photos: ids.flatMap((id): SuggestedPhoto[] => {
        const photo = found.get(id);
        return photo ? [{ ...photo, suggestions: suggested.get(id) ?? [] }] : [];
      }),
      milliseconds: performance.now() - started,
    };
  }

  /** Starts accepting what is suggested; returns the job. */
  accept(input: Input<'acceptTags'>): number {
    const { photos, word, ...options } = input;
    return this.#host.jobs.start('tag', input, async ({ signal, progress }) => {
      const suggester = await this.#current();
      const { edits, hierarchies } = this.#library;
      const tree = hierarchies.tree();
      const ids = photos ?? this.#library.photos.untagged();
      const about = new Set<number>();
      const words = new Set<string>();
      const id = edits.begin(new Date().toISOString());
      this.#unfinished = id;
      let edit: Edit | null = null;
      try {
        for await (const { done, found } of suggester.words(ids, options, signal)) {
          const accepted = found.filter((one) => word === undefined || one.word === word);
          for (const one of accepted) {
            about.add(one.photo);
            words.add(one.word);
          }
          const changes = accepted.map(
            (one): EditChange => ({ photo: one.photo, action: 'add', kind: 'keyword', text: one.word }),
          );
          edits.extend(id, withWordsAbove(changes, tree));
          progress({ stage: 'Adding words', done, total: ids.length, unit: 'photos' });
        }
      } finally {
        this.#unfinished = null;
        const what = words.size === 1 ? `“${[...words][0]}”` : counted(words.size, 'word');
        edit = edits.finish(id, `Added ${what} to ${counted(about.size, 'photo')}`);
        this.#heed(about);
      }
      return edit ? `${edit.label}.` : 'No photo looked enough like a word.';
    });
  }

  reject({ photos, word }: Input<'rejectTag'>): Edit | null {
    const where = photos.length === 1 ? 'a photo' : counted(photos.length, 'photo');
    return this.#make(
      `Rejected “${word}” for ${where}`,
      photos.map((photo) => ({ photo, action: 'reject', kind: 'keyword', text: word })),
    );
  }

  edit({ photos, add, remove }: Input<'editWords'>): Edit | null {
    return this.#make(
      labelOf(photos.length, add, remove),
      photos.flatMap((photo) => [
        ...remove.map((text): EditChange => ({ photo, action: 'remove', ...text })),
        ...add.map((text): EditChange => ({ photo, action: 'add', ...text })),
      ]),
    );
  }

  /** Takes back the last edit. @throws {PhotolexError} `busy` while a job still makes it. */
  undo(): Edit | null {
    const { edits } = this.#library;
    if (this.#unfinished !== null && edits.list(1)[0]?.id === this.#unfinished)
      throw new PhotolexError(
        'busy',
        'The suggested words are still being added. Cancel that or wait for it, then undo.',
      );
    const undone = edits.undo();
    if (!undone) return null;
    const { about, ...edit } = undone;
    this.#heed(about);
    return edit;
  }

  #make(label: string, changes: readonly EditChange[]): Edit | null {
    const whole = withWordsAbove(changes, this.#library.hierarchies.tree());
    const edit = this.#library.edits.make(label, whole, new Date().toISOString());
    if (edit) this.#heed(new Set(changes.map(({ photo }) => photo)));
    return edit;
  }

  /** Searches and suggestions know the new words of these photos. */
  #heed(photos: Iterable<number>): void {
    const changed = [...photos];
    void this.#suggester?.loading.then((suggester) => suggester.refresh(changed)).catch(() => {});
    this.#host.changed();
  }

  async pending({ photos, offset, limit }: Input<'pendingWrites'>): Promise<CallOutput<'pendingWrites'>> {
    const pending = pendingPhotos(this.#library, photos);
    const writes = await planWrites(this.#library, pending.slice(offset, offset + limit));
    return { total: pending.length, writes };
  }

  /** Starts writing sidecars; returns the job. */
  write(input: Input<'writeSidecars'>): number {
    return this.#host.jobs.start('sidecars', input, async ({ signal, progress }) => {
      const started = performance.now();
      const report: SidecarReport = {
        startedAt: new Date().toISOString(),
        seconds: 0,
        photos: 0,
        created: [],
        changed: [],
        skipped: [],
      };
      try {
        await writeSidecars(this.#library, report, {
          signal,
          onProgress: progress,
          ...(input.photos ? { photos: input.photos } : {}),
        });
      } finally {
        report.seconds = (performance.now() - started) / 1000;
        this.#library.reports.addSidecars(report);
        this.#host.changed();
      }
      return summaryOf(report);
    });
  }
}

/** A keyword that stands below others in a hierarchy brings them along. */
const withWordsAbove = (changes: readonly EditChange[], tree: KeywordTree): EditChange[] =>
  changes.flatMap((change) =>
    change.action === 'add' && change.kind === 'keyword'
      ? [...tree.above(change.text).map((text) => ({ ...change, text })), change]
      : [change],
  );

function labelOf(photos: number, add: readonly EditableText[], remove: readonly EditableText[]): string {
  const where = photos === 1 ? 'a photo' : counted(photos, 'photo');
  const kinds = new Set([...add, ...remove].map(({ kind }) => kind));
  const [text] = add.length > 0 ? add : remove;
  const isOne = kinds.has('keyword') ? add.length + remove.length === 1 : kinds.size === 1;
  if (!text || !isOne) return `Changed the words of ${where}`;
  if (text.kind === 'keyword')
    return add.length > 0 ? `Added “${text.text}” to ${where}` : `Removed “${text.text}” from ${where}`;
  return `${add.length > 0 ? 'Changed' : 'Removed'} the ${text.kind} of ${where}`;
}

function summaryOf({ photos, created, changed, skipped }: SidecarReport): string {
  const parts = [
    `Words of ${counted(photos, 'photo')} are written`,
    created.length > 0 ? `${counted(created.length, 'new sidecar')}` : '',
    changed.length > 0 ? `${counted(changed.length, 'sidecar')} added to` : '',
    skipped.length > 0 ? `${counted(skipped.length, 'file')} skipped (see the report)` : '',
  ];
  return `${parts.filter(Boolean).join(', ')}.`;
}
