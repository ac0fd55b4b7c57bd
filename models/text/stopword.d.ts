/** The npm package `stopword` ships no types; this is the part that Photolex uses: stop words in lower case, by language. */
declare module 'stopword' {
  type Words = readonly string[];
  export const cat: Words;
  export const deu: Words;
  export const eng: Words;
  export const fra: Words;
  export const ita: Words;
  export const nld: Words;
  export const por: Words;
  export const spa: Words;
}
