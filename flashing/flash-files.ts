/** What `lamplighter flash --ui` gives its page: all that boards of this classroom are flashed with, passwords included. */
export interface FlashFiles {
  /** dist/firmware.js and dist/loader.js; each character is a byte. */
  firmware: string;
  loader: string;
  /** The kit.json of every kit that kit.config.ts lists. */
  kits: string[];
  /** The kit that was named on the command line. */
  kit?: number | undefined;
}

/** Where the page trades the token of its address, which counts once, for the key to the files. */
export const flashKeyPath = '/api/flash/key';
/** Where the files are; the key is a bearer token. */
export const flashFilesPath = '/api/flash/files';
/** The name of the page's meta element that says that `lamplighter flash --ui` serves it, with the content `flash`. */
export const flashPageMark = 'lamplighter-page';
