/**
 * The query as the search box shows it: a row of chips, each a concept with its weight, and the text that is still being
 * typed. Searching is done elsewhere (`search.svelte.ts`), which is told of every change.
 */
import type { Concept, ConceptInfo } from '../../electron/engine/contract.ts';
import type { EngineClient } from '../engine.ts';
import { splitDraft, writeConcept } from '../text/draft.ts';

/** Concepts that one query may have; the contract refuses more. */
export const MOST_CHIPS = 32;

export class Chip {
  readonly key: number;
  readonly #concept: Concept;
  /** In [−1, 1]: how much to look for it, or away from it. */
  weight = $state(1);
  /** What the engine made of it; null until the first answer. */
  info = $state.raw<ConceptInfo | null>(null);
  /** Rises when the same concept is added once more, so that the chip can show that it is already there. */
  noticed = $state(0);
  readonly #name: string;

  constructor(key: number, concept: Concept, name: string) {
    this.key = key;
    this.#concept = concept;
    this.#name = name;
    this.weight = concept.weight;
  }

  get concept(): Concept {
    return { ...this.#concept, weight: this.weight };
  }

  get label(): string {
    return this.info?.label ?? this.#name;
  }
}

export class Query {
  chips = $state.raw<readonly Chip[]>([]);
  /** What is being typed. */
  draft = $state('');
  /** How many pieces of typed text are being made into chips. */
  parsing = $state(0);

  readonly #engine: EngineClient;
  readonly #changed: () => void;
  readonly #failed: (error: unknown) => void;
  #serial = 0;
  /** Parses one after the other, so that chips stand in the order of typing. */
  #parsed: Promise<void> = Promise.resolve();

  /** @param changed called after every change that another search should follow */
  constructor(engine: EngineClient, changed: () => void, failed: (error: unknown) => void) {
    this.#engine = engine;
    this.#changed = changed;
    this.#failed = failed;
  }

  get isEmpty(): boolean {
    return this.chips.length === 0;
  }

  /** The concepts to search for, in the order of the chips. */
  get concepts(): Concept[] {
    return this.chips.map((chip) => chip.concept);
  }

  /** Takes what the box now says; finished words become chips. */
  type(text: string): Promise<void> {
    const { finished, rest } = splitDraft(text);
    if (finished === '') {
      this.draft = text;
      return this.#parsed;
    }
    this.draft = rest;
    return this.#parse(finished);
  }

  /** Makes chips of everything that was typed. */
  commit(): Promise<void> {
    const text = this.draft.trim();
    this.draft = '';
    return text === '' ? this.#parsed : this.#parse(text);
  }

  /** Replaces everything by a written query. */
  async write(text: string): Promise<void> {
    this.chips = [];
    this.draft = '';
    await this.#parse(text);
  }

  /** Adds a concept; one that is already there takes its new weight instead. */
  add(concept: Concept, name: string): void {
    if (this.#put(concept, name)) this.#changed();
  }

  /** Makes one concept the whole query. */
  replace(concept: Concept, name: string): void {
    this.chips = [];
    this.draft = '';
    this.add(concept, name);
  }

  addWord(text: string, weight = 1): void {
    this.add({ kind: 'text', text, weight }, text);
  }

  setWeight(chip: Chip, weight: number): void {
    if (chip.weight === weight) return;
    chip.weight = weight;
    this.#changed();
  }

  remove(chip: Chip): void {
    this.chips = this.chips.filter((other) => other !== chip);
    this.#changed();
  }

  clear(): void {
    this.draft = '';
    if (this.chips.length === 0) return;
    this.chips = [];
    this.#changed();
  }

  /** Turns the last chip back into text to go on typing in; false if it is a picture, which has no text, or there is none. */
  editLast(): boolean {
    const last = this.chips.at(-1);
    const concept = last?.concept;
    if (!last || concept?.kind !== 'text') return false;
    this.draft = writeConcept(concept.text, concept.weight);
    this.remove(last);
    return true;
  }

  /** Takes the engine's account of the chips that it was asked about. */
  describe(chips: readonly Chip[], infos: readonly ConceptInfo[]): void {
    chips.forEach((chip, index) => {
      chip.info = infos[index] ?? null;
    });
  }

  #parse(text: string): Promise<void> {
    this.parsing++;
    this.#parsed = this.#parsed.then(async () => {
      try {
        const concepts = await this.#engine.calls.parseQuery({ query: text, lenient: true });
        let changed = false;
        for (const concept of concepts) {
          if (this.#put(concept, nameOf(concept))) changed = true;
        }
        if (changed) this.#changed();
      } catch (error) {
        this.draft = [text, this.draft].filter(Boolean).join(' ');
        this.#failed(error);
      }
      this.parsing--;
    });
    return this.#parsed;
  }

  #put(concept: Concept, name: string): boolean {
    const known = this.chips.find((chip) => sameConcept(chip.concept, concept));
    if (known) {
      known.noticed++;
      if (known.weight === concept.weight) return false;
      known.weight = concept.weight;
      return true;
    }
    if (this.chips.length === MOST_CHIPS) {
      this.#failed(new Error(`A query can have ${MOST_CHIPS} parts. Remove one to add “${name}”.`));
      return false;
    }
    this.chips = [...this.chips, new Chip(++this.#serial, concept, name)];
    return true;
  }
}

function nameOf(concept: Concept): string {
  if (concept.kind === 'text') return concept.text;
  return concept.kind === 'photo' ? `Photo ${concept.photo}` : 'Picture';
}

function sameConcept(one: Concept, other: Concept): boolean {
  if (one.kind === 'text' && other.kind === 'text')
    return one.text.toLowerCase() === other.text.toLowerCase();
  if (one.kind === 'photo' && other.kind === 'photo') return one.photo === other.photo;
  return one.kind === 'image' && other.kind === 'image' && one.image === other.image;
}
