/** The algorithms that learn text embeddings, by the names that users choose them by; what they make is in textModel.ts. */
export const textAlgorithms = ['word2vec', 'glove', 'fasttext', 'doc2vec', 'lda'] as const;
export type TextAlgorithm = (typeof textAlgorithms)[number];

/** What they are called where people read. */
export const textNames: Readonly<Record<TextAlgorithm, string>> = {
  word2vec: 'Word2Vec',
  glove: 'GloVe',
  fasttext: 'FastText',
  doc2vec: 'Doc2Vec',
  lda: 'LDA',
};

/**
 * Whether an algorithm can start from pretrained vectors. Its words then share their space with those that nobody wrote, and
 * can be compared with them.
 */
export function startsFromPretrained(algorithm: TextAlgorithm): boolean {
  return algorithm === 'word2vec' || algorithm === 'glove' || algorithm === 'fasttext';
}
