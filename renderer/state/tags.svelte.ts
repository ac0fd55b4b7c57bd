/**
 * Words for photos that have none, as the Tags screen shows them: what is suggested, what was accepted of it, what can be undone, and
 * what waits to be written to sidecars.
 */
import {
  type Edit,
  type EditableText,
  type PendingWrite,
  type SidecarReport,
  SUGGESTED_FROM,
  type SuggestedPhoto,
  type SuggestedWords,
  type Suggestion,
} from '../../electron/engine/contract.ts';
import type { EngineClient } from '../engine.ts';
import { latestWins } from './latestWins.ts';

/** Photos that are loaded at a time: about a screenful. */
const PAGE = 40;
/** Photos whose files the dialog names before it writes. */
const NAMED = 200;

/** What is pending, as far as the dialog shows it. */
export interface WritePreview {
  total: number;
  writes: readonly PendingWrite[];
}

export class Tags {
  isOpen = $state(false);
  photos = $state.raw<readonly SuggestedPhoto[]>([]);
  /** Photos without words, in all. */
  total = $state(0);
  loaded = $state(false);
  threshold = $state(SUGGESTED_FROM);
  words = $state<SuggestedWords>('own');
  /** The last edit, which can be undone; null if there is none. */
  lastEdit = $state.raw<Edit | null>(null);
  /** Photos whose words wait to be written. */
  pending = $state(0);
  /** What the dialog shows before it writes; null while it is closed. */
  preview = $state.raw<WritePreview | null>(null);
  /** What the last writing did. */
  report = $state.raw<SidecarReport | null>(null);
  /** By photo: words that were accepted since it was shown. */
  #accepted = $state.raw<ReadonlyMap<number, ReadonlySet<string>>>(new Map());

  /** Suggestions that were asked for in place of those shown and have not come yet. */
  #awaited = $state(0);

  readonly #engine: EngineClient;
  readonly #failed: (error: unknown) => void;
  /** Told of photos whose words were changed here. */
  readonly #changed: () => void;
  readonly #load: (more: boolean) => Promise<void>;

  constructor(engine: EngineClient, failed: (error: unknown) => void, changed: () => void) {
    this.#engine = engine;
    this.#failed = failed;
    this.#changed = changed;
    this.#load = latestWins(async (more) => {
      // What got words meanwhile is not among those without any more.
      const offset = more ? this.photos.filter(({ id }) => !this.#accepted.has(id)).length : 0;
      const { threshold, words } = this;
      const { total, photos } = await engine.calls.suggestTags({ threshold, words, offset, limit: PAGE });
      const shown = more ? this.photos : [];
      const known = new Set(shown.map(({ id }) => id));
      this.photos = [...shown, ...photos.filter(({ id }) => !known.has(id))];
      if (!more) this.#accepted = new Map();
      this.total = total;
      this.loaded = true;
    });
  }

  /** Whether other suggestions than those shown are on their way. */
  get busy(): boolean {
    return this.#awaited > 0;
  }

  /** Words that are suggested for the photos shown, those of most photos first. */
  get suggested(): { word: string; photos: number }[] {
    const counts = new Map<string, number>();
    for (const { id, suggestions } of this.photos)
      for (const { word } of suggestions)
        if (!this.isAccepted(id, word)) counts.set(word, (counts.get(word) ?? 0) + 1);
    return [...counts]
      .map(([word, photos]) => ({ word, photos }))
      .sort((one, other) => other.photos - one.photos || (one.word < other.word ? -1 : 1));
  }

  isAccepted(photo: number, word: string): boolean {
    return this.#accepted.get(photo)?.has(word) ?? false;
  }

  async open(): Promise<void> {
    this.isOpen = true;
    await this.refresh();
  }

  close(): void {
    this.isOpen = false;
  }

  /** Forgets what belonged to another library. */
  clear(): void {
    this.isOpen = false;
    this.photos = [];
    this.total = 0;
    this.loaded = false;
    this.lastEdit = null;
    this.pending = 0;
    this.preview = null;
    this.report = null;
    this.#accepted = new Map();
  }

  /** Loads everything again; never rejects. */
  async refresh(): Promise<void> {
    await this.#try(() => Promise.all([this.#replace(), this.#loadEdits()]));
  }

  /** Loads more photos, if there are more. */
  async more(): Promise<void> {
    if (this.photos.length === 0) return;
    await this.#try(() => this.#load(true));
  }

  async choose(choice: { threshold?: number; words?: SuggestedWords }): Promise<void> {
    Object.assign(this, choice);
    await this.#try(() => this.#replace());
  }

  /** Accepts a word for a photo, or takes it back if it was accepted. */
  async toggle(photo: number, word: string): Promise<void> {
    const words = new Set(this.#accepted.get(photo));
    const isAccepted = !words.delete(word);
    if (isAccepted) words.add(word);
    this.#setAccepted(photo, words);
    const text: EditableText = { kind: 'keyword', text: word };
    await this.edit([photo], isAccepted ? [text] : [], isAccepted ? [] : [text]);
  }

  #setAccepted(photo: number, words: ReadonlySet<string>): void {
    const accepted = new Map(this.#accepted);
    if (words.size > 0) accepted.set(photo, words);
    else accepted.delete(photo);
    this.#accepted = accepted;
  }

  /** Accepts all that is suggested for a photo. */
  async acceptAll({ id, suggestions }: SuggestedPhoto): Promise<void> {
    this.#setAccepted(id, new Set(suggestions.map(({ word }) => word)));
    await this.edit(
      [id],
      suggestions.map(({ word }) => ({ kind: 'keyword', text: word })),
    );
  }

  /** Accepts a word for every photo for which it is suggested, shown or not; the job tells how it goes. */
  async acceptEverywhere(word: string): Promise<void> {
    const { threshold, words } = this;
    await this.#try(() => this.#engine.calls.acceptTags({ word, threshold, words }));
  }

  async reject(photo: number, word: string): Promise<void> {
    const without = (suggestions: readonly Suggestion[]): Suggestion[] =>
      suggestions.filter((suggestion) => suggestion.word !== word);
    this.photos = this.photos.map((shown) =>
      shown.id === photo ? { ...shown, suggestions: without(shown.suggestions) } : shown,
    );
    await this.#edited(() => this.#engine.calls.rejectTag({ photos: [photo], word }));
  }

  /** Changes the words of photos. */
  async edit(
    photos: number[],
    add: readonly EditableText[],
    remove: readonly EditableText[] = [],
  ): Promise<void> {
    await this.#edited(() => this.#engine.calls.editWords({ photos, add: [...add], remove: [...remove] }));
  }

  /** Takes back the last edit. */
  async undo(): Promise<void> {
    await this.#edited(() => this.#engine.calls.undoEdit());
    if (this.isOpen) await this.refresh();
  }

  async #edited(change: () => Promise<unknown>): Promise<void> {
    await this.#try(async () => {
      await change();
      await this.#loadEdits();
    });
    this.#changed();
  }

  async #replace(): Promise<void> {
    this.#awaited++;
    try {
      await this.#load(false);
    } finally {
      this.#awaited--;
    }
  }

  async #loadEdits(): Promise<void> {
    const [[last], { total }] = await Promise.all([
      this.#engine.calls.edits({ limit: 1 }),
      this.#engine.calls.pendingWrites({ limit: 1 }),
    ]);
    this.lastEdit = last ?? null;
    this.pending = total;
  }

  /** Shows what would be written. */
  async prepare(): Promise<void> {
    await this.#try(async () => {
      this.preview = await this.#engine.calls.pendingWrites({ limit: NAMED });
    });
  }

  /** Writes all that waits. */
  async write(): Promise<void> {
    this.preview = null;
    await this.#try(() => this.#engine.calls.writeSidecars({}));
  }

  /** Takes notice that a job has changed words or written them. */
  async hearEnd(kind: 'tag' | 'sidecars'): Promise<void> {
    await this.#try(async () => {
      if (kind === 'sidecars') this.report = await this.#engine.calls.sidecarReport();
      await this.#loadEdits();
      if (kind === 'tag' && this.isOpen) await this.#replace();
    });
    this.#changed();
  }

  async #try(task: () => Promise<unknown>): Promise<void> {
    try {
      await task();
    } catch (error) {
      this.#failed(error);
    }
  }
}
