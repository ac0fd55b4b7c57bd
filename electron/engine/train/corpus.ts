/** What there is to learn from: photos with cached features, and the words written about each. */
import { TextPreparation } from '../../../models/text/preparation.ts';
import { PhotolexError, type PhotoText, type WordRules } from '../contract.ts';
import type { Library } from '../library/library.ts';
import { bundledWords } from '../library/modelFiles.ts';

export interface Corpus {
  /** [N] ids of the photos, ascending. */
  photos: Int32Array;
  /** [N, F] backbone features. */
  features: Float32Array;
  /** F */
  width: number;
  /** [N] tokens of each photo's texts; empty for a photo without words. */
  documents: string[][];
  /** How texts became tokens. */
  preparation: TextPreparation;
}

/** Width of the features of each backbone. */
export const backboneWidths: Readonly<Record<string, number>> = { 'efficientnet-lite0': 1280 };

/** A photo's texts, each once although several fields may repeat it. */
function distinctTexts(texts: readonly PhotoText[]): string[] {
  const distinct = new Map<string, string>();
  for (const { text } of texts) {
    // What differs in capitals is the same text, but they show where the words of a hashtag are: #goldenGate.
    const key = text.trim().toLowerCase();
    if (!distinct.has(key)) distinct.set(key, text);
  }
  return [...distinct.values()];
}

/** The tokens of a photo. */
export function photoTokens(texts: readonly PhotoText[], preparation: TextPreparation): string[] {
  return distinctTexts(texts).flatMap((text) => preparation.tokens(text));
}

/** Reads every photo of a library whose features are cached. @throws {PhotolexError} `word-rules` for rules that cannot be applied. */
export function readCorpus(library: Library, backbone: string): Corpus {
  const width = backboneWidths[backbone]!;
  const { photos, features } = library.features.all(backbone, width);
  const texts = library.texts.all();
  const preparation = learnPreparation(
    [...texts.values()].map((own) => distinctTexts(own)),
    library.wordRules.get(),
  );
  const documents = Array.from(photos, (photo) => photoTokens(texts.get(photo) ?? [], preparation));
  return { photos, features, width, documents, preparation };
}

/** Learns how to prepare the texts of photos. @throws {PhotolexError} `word-rules` for rules that cannot be applied */
function learnPreparation(photos: readonly (readonly string[])[], rules: WordRules): TextPreparation {
  return checkRules(() => TextPreparation.learn(photos, { rules, lexicon: bundledWords().words }));
}

/** Runs what applies rules about words. @throws {PhotolexError} `word-rules` if they cannot be applied */
export function checkRules<T>(apply: () => T): T {
  try {
    return apply();
  } catch (error) {
    throw new PhotolexError(
      'word-rules',
      `These rules about words cannot be applied: ${(error as Error).message}`,
      {
        cause: error,
      },
    );
  }
}
