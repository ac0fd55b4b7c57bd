/** What a space knows of text beyond the words that pictures taught; see [Note: Where a word's meaning comes from] in space.ts. */
import { startsFromPretrained } from '../text/algorithms.ts';
import type { FastTextVectors } from '../text/fasttextVectors.ts';
import { type DocumentEmbedding, documentEmbedding, type TextModel } from '../text/textModel.ts';
import type { Thesaurus } from '../text/thesaurus.ts';
import { firstOf, type WordLookup } from '../text/wordVectors.ts';

/** Vectors of words that have no place of their own in the space; a map for each carries them there. */
export interface TextKnowledge {
  /** Pretrained vectors, the user's own first where those were learnt from them and share their space. */
  pretrained: WordLookup | null;
  /** Whether these share the space of the user's own text embedding. */
  shared: boolean;
  /** FastText's vectors of words that nobody wrote, by their letters. */
  spelling: WordLookup | null;
  /** What embeds a whole text, in the user's text embedding. */
  documents: DocumentEmbedding | null;
  /** Which words are kinds of which in general English, and vectors of general English to tell how near to each other. */
  english: { thesaurus: Thesaurus; vectors: WordLookup | null } | null;
}

/** What the user's text embedding, the pretrained vectors and a thesaurus tell. */
export function textKnowledge(
  text: TextModel | null,
  pretrained: WordLookup | null,
  thesaurus: Thesaurus | null,
): TextKnowledge {
  const shared = pretrained !== null && text !== null && startsFromPretrained(text.algorithm);
  return {
    pretrained: shared ? firstOf(text.words, pretrained) : pretrained,
    shared,
    documents: text && documentEmbedding(text),
    english: thesaurus && { thesaurus, vectors: pretrained },
    spelling: text?.algorithm === 'fasttext' ? resembling(text.spelling) : null,
  };
}

/** A word resembles what was written when it shares this much of its letter sequences with it. */
const SHARED_NGRAMS = 0.5;

function resembling(vectors: FastTextVectors): WordLookup {
  const has = (word: string): boolean => vectors.knownShare(word) >= SHARED_NGRAMS;
  return {
    dimension: vectors.dimension,
    has,
    vector: (word) => (has(word) ? vectors.vector(word) : undefined),
  };
}
