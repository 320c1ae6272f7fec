import { stringFromBytes } from './bytes';
import { type Flash, pageBytes } from './flash';

/*
 * How files lie in Storage: contiguous, each behind a header of 32 bytes (size, then name), one after the other and aligned to
 * four bytes. Source: Espruino src/jsflash.c, src/jsflash.h, release 2v29.
 */
export const headerBytes = 32;
const nameBytes = 28;

export interface FileEntry {
  /** Where the header starts. */
  address: number;
  size: number;
  name: string;
  /** All 28 bytes of it: a name that was cut off while it was written is listed, but not found. */
  field: string;
  erased: boolean;
}

/** The headers in flash, found one from the other. */
export class FileChain {
  readonly #flash: Flash;
  readonly #view: DataView;
  readonly #size: number;

  constructor(flash: Flash) {
    this.#flash = flash;
    this.#size = flash.bytes.length;
    this.#view = new DataView(flash.bytes.buffer, flash.bytes.byteOffset, this.#size);
  }

  entryAt(address: number): FileEntry | undefined {
    if (address + headerBytes > this.#size) return undefined;
    const word = this.#view.getUint32(address, true);
    const size = word & 0xffffff;
    if (word === 0 || word === 0xffffffff || address + headerBytes + size > this.#size) return undefined;
    const erased = this.#view.getUint32(address + 4, true) === 0;
    const field = stringFromBytes(this.#flash.bytes.subarray(address + 4, address + headerBytes));
    return { address, size, name: erased ? '' : field.slice(0, nulAt(field)), field, erased };
  }

  /** Every header in order, replaced files included. A hole ends a page: the next file may start on the next page. */
  *entries(): Generator<FileEntry> {
    let entry = this.entryAt(0);
    while (entry !== undefined) {
      yield entry;
      const address = nextAddress(entry);
      entry = this.entryAt(address) ?? this.entryAt(nextPage(address));
    }
  }

  find(name: string): FileEntry | undefined {
    // A replaced file is not found since its name begins with zeros, unless a file without a name is looked for.
    const wanted = nameField(name);
    for (const entry of this.entries()) if (entry.field === wanted) return entry;
    return undefined;
  }

  /** Where the next file would begin. */
  end(): number {
    let address = 0;
    for (const entry of this.entries()) address = nextAddress(entry);
    return address;
  }

  /** False when the chain leads into something that is neither a file nor erased. */
  isValid(): boolean {
    const address = this.end();
    if (address === 0) return this.#flash.isErased(0, this.#size);
    const after = nextPage(address) < this.#size ? nextPage(address) : address;
    return after + headerBytes > this.#size || this.#flash.isErased(after, headerBytes);
  }
}

/** What a name becomes in a header: 28 bytes, cut or filled up with zeros; a drive letter such as `C:` is dropped. */
export function nameField(name: string): string {
  const bare = name[1] === ':' ? name.slice(2) : name;
  return bare.slice(0, nameBytes).padEnd(nameBytes, '\0');
}

function nulAt(name: string): number {
  const end = name.indexOf('\0');
  return end < 0 ? name.length : end;
}

export function align(address: number): number {
  return (address + 3) & ~3;
}

export function nextPage(address: number): number {
  return (Math.floor(address / pageBytes) + 1) * pageBytes;
}

export function dataAddress(entry: FileEntry): number {
  return entry.address + headerBytes;
}

function nextAddress(entry: FileEntry): number {
  return align(dataAddress(entry) + entry.size);
}
