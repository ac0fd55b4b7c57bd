/** What there is to learn from: photos with cached features, and the words written about each. */
import { tokenize } from '../../../models/text/tokens.ts';
import type { PhotoText } from '../contract.ts';
import type { Library } from '../library/library.ts';

export interface Corpus {
  /** [N] ids of the photos, ascending. */
  photos: Int32Array;
  /** [N, F] backbone features. */
  features: Float32Array;
  /** F */
  width: number;
  /** [N] tokens of each photo's texts; empty for a photo without words. */
  documents: string[][];
}

/** Width of the features of each backbone. */
export const backboneWidths: Readonly<Record<string, number>> = { 'efficientnet-lite0': 1280 };

/** The tokens of a photo: all its texts, each once although several fields may repeat it. */
export function photoTokens(texts: readonly PhotoText[]): string[] {
  const once = new Set(texts.map(({ text }) => text.trim().toLowerCase()));
  return [...once].flatMap((text) => tokenize(text));
}

/** Reads every photo of a library whose features are cached. */
export function readCorpus(library: Library, backbone: string): Corpus {
  const width = backboneWidths[backbone]!;
  const { photos, features } = library.features.all(backbone, width);
  const texts = library.texts.all();
  const documents = Array.from(photos, (photo) => photoTokens(texts.get(photo) ?? []));
  return { photos, features, width, documents };
}
