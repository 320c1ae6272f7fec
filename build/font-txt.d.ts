/** What build/font.ts makes of a readable pixel font. */
declare module '*.txt' {
  /** Base64 of the column bytes, bit 7 the top row, five bytes a glyph, in the order of `glyphs`. */
  export function columns(): string;
  /** The characters that the font has, one byte each. */
  export function glyphs(): string;
}
