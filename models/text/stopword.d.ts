/** The npm package `stopword` ships no types; this is the part that Photolex uses. */
declare module 'stopword' {
  /** English stop words, lower case. */
  export const eng: readonly string[];
}
