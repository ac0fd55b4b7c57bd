/** The npm package `stopword` ships no types; this is the part that Photolex uses: stop words by language, lower case. */
declare module 'stopword' {
  export const eng: readonly string[];
  export const spa: readonly string[];
  export const fra: readonly string[];
  export const deu: readonly string[];
  export const ita: readonly string[];
  export const porBr: readonly string[];
  export const cat: readonly string[];
  export const nld: readonly string[];
}
