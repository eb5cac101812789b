/** bidi-js declares the types of its ES module only for the CommonJS one, where they are not true. */
declare module 'bidi-js/dist/bidi.mjs' {
  export type EmbeddingLevels = {
    readonly levels: Uint8Array;
    readonly paragraphs: readonly { readonly start: number; readonly end: number; readonly level: number }[];
  };
  export default function bidiFactory(): { getEmbeddingLevels(text: string, baseDirection?: 'ltr' | 'rtl' | 'auto'): EmbeddingLevels };
}
