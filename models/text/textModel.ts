/**
 * A learnt text embedding, whichever of the five algorithms learnt it: vectors of words, and what the algorithm has beyond
 * them. This is all that the joint space, the files of a model and the window know of text embeddings.
 *
 * [Note: words and documents]
 * Word2Vec, GloVe and FastText embed words; a text is the (weighted) mean of its words. Doc2Vec and LDA embed texts; the vector of
 * a word is then that of a text of this one word, so that all five can be asked for the words nearest to a word.
 */
import { decodeTensorFile, encodeTensorFile } from '../tensorFile.ts';
import type { TextAlgorithm } from './algorithms.ts';
import { type Doc2VecModel, decodeDoc2Vec, encodeDoc2Vec } from './doc2vecModel.ts';
import { decodeFastText, encodeNgrams, type FastTextVectors } from './fasttextVectors.ts';
import { TopicModel } from './topicModel.ts';
import { decodeWord2Vec, encodeWord2Vec, WordVectors } from './wordVectors.ts';

/** A text embedding. See [Note: words and documents]. */
export type TextModel =
  | { readonly algorithm: 'word2vec' | 'glove'; readonly words: WordVectors }
  | { readonly algorithm: 'fasttext'; readonly words: WordVectors; readonly spelling: FastTextVectors }
  | { readonly algorithm: 'doc2vec'; readonly words: WordVectors; readonly documents: Doc2VecModel }
  | { readonly algorithm: 'lda'; readonly words: WordVectors; readonly documents: TopicModel };

/** What embeds a whole text; null for a text without a known word. */
export interface DocumentEmbedding {
  infer(tokens: readonly string[]): Float32Array | null;
}

/** What embeds whole texts, of the algorithms that do; null for those that embed words. */
export function documentEmbedding(model: TextModel): DocumentEmbedding | null {
  return 'documents' in model ? model.documents : null;
}

/** The vectors of words as texts of one word each, for an algorithm that embeds texts; a word it does not know is left out. */
export function inferredWords(words: readonly string[], documents: DocumentEmbedding): WordVectors {
  const known: string[] = [];
  const rows: Float32Array[] = [];
  for (const word of words) {
    const vector = documents.infer([word]);
    if (!vector) continue;
    known.push(word);
    rows.push(vector);
  }
  const dimension = rows[0]?.length ?? 1;
  const vectors = new Float32Array(rows.length * dimension);
  rows.forEach((row, index) => {
    vectors.set(row, index * dimension);
  });
  return new WordVectors(known, dimension, vectors);
}

/** The files of a text embedding: `words` in word2vec's binary format, `rest` a tensor file with what else there is. */
export interface TextModelFiles {
  readonly words: Uint8Array;
  readonly rest: Uint8Array | null;
}

/** The bytes of a text embedding's files. */
export function encodeTextModel(model: TextModel): TextModelFiles {
  const words = encodeWord2Vec(model.words);
  switch (model.algorithm) {
    case 'fasttext':
      return { words, rest: encodeNgrams(model.spelling) };
    case 'doc2vec':
      return { words, rest: encodeDoc2Vec(model.documents) };
    case 'lda':
      return { words, rest: encodeTensorFile(model.documents.toTensorFile()) };
    default:
      return { words, rest: null };
  }
}

/** Reads a text embedding back. @throws {Error} if a file is damaged, of another kind or a newer version, or missing. */
export function decodeTextModel(algorithm: TextAlgorithm, files: TextModelFiles): TextModel {
  const words = decodeWord2Vec(files.words);
  if (algorithm === 'word2vec' || algorithm === 'glove') return { algorithm, words };
  if (!files.rest)
    throw new Error(`a text embedding of ${algorithm} needs its second file, which is missing`);
  switch (algorithm) {
    case 'fasttext':
      return { algorithm, words, spelling: decodeFastText(words, files.rest) };
    case 'doc2vec':
      return { algorithm, words, documents: decodeDoc2Vec(files.rest) };
    case 'lda':
      return { algorithm, words, documents: TopicModel.fromTensorFile(decodeTensorFile(files.rest)) };
  }
}
