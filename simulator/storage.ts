import { bytesFromData, bytesFromString, stringFromBytes } from './bytes';
import { BoardError } from './errors';
import {
  FileChain,
  type FileEntry,
  align,
  dataAddress,
  headerBytes,
  nameField,
  nextPage,
} from './file-chain';
import { type Flash, pageBytes } from './flash';

/*
 * What `require("Storage")` does with the chain of files. Nothing is ever rewritten in place: a replaced file is marked by
 * zeroing the first four bytes of its name, and its room comes back when Storage is compacted.
 * Source: Espruino src/jsflash.c, src/jswrap_storage.c, release 2v29.
 */
export interface StorageStats {
  totalBytes: number;
  freeBytes: number;
  fileBytes: number;
  fileCount: number;
  trashBytes: number;
  trashCount: number;
}

export interface Storage {
  /** The file's bytes as a string, or undefined when there is none; a `length` of 0 or less means all. */
  read(name: string, offset?: number, length?: number): string | undefined;
  /** Creates a file (at offset 0, `size` bytes when given), or fills in bytes that are still erased. */
  write(name: string, data: unknown, offset?: number, size?: number): boolean;
  erase(name: string): void;
  eraseAll(): void;
  list(regex?: RegExp): string[];
  /** Bytes behind the last file; what compaction would bring back is not counted. */
  getFree(): number;
  getStats(): StorageStats;
  /** False when there was nothing to gain. */
  compact(): boolean;
  /** The live files with where their headers lie. */
  entries(): FileEntry[];
  /** What the interpreter checks at power-on: false when the chain of headers leads into something else. */
  isValid(): boolean;
}

/** `onCompact` hears of every compaction, the ones that a write needs included. */
export function createStorage(flash: Flash, onCompact: () => void = () => {}): Storage {
  const end = flash.bytes.length;
  const chain = new FileChain(flash);

  /**
   * Room that compaction is believed to bring. Free bytes count once for each page looked at on the way, so it is tried even
   * where it cannot help.
   */
  function hopedFor(address: number): number {
    let bytes = 0;
    for (const entry of chain.entries()) if (entry.erased) bytes += entry.size;
    for (let at = address; at < end; at = nextPage(at)) bytes += end - at;
    return bytes;
  }

  function create(name: string, size: number): FileEntry {
    const needed = align(size) + headerBytes;
    let address = chain.end();
    if (address + needed > end) {
      if (needed >= hopedFor(address) || !compact()) throw new BoardError('Unable to find or create file');
      address = chain.end();
      if (address + needed > end) throw new BoardError('Unable to find or create file');
    }
    const header = new Uint8Array(headerBytes);
    new DataView(header.buffer).setUint32(0, size, true);
    header.set(bytesFromString(nameField(name)), 4);
    flash.write(address, header);
    return chain.entryAt(address)!;
  }

  function markErased(entry: FileEntry): void {
    flash.write(entry.address + 4, new Uint8Array(4));
  }

  function write(name: string, data: unknown, offset = 0, size = 0): boolean {
    if (offset < 0 || size < 0) return false;
    const bytes = bytesFromData(data);
    if (bytes === undefined) throw new BoardError("Can't get pointer to data to write");
    const fileSize = size === 0 ? bytes.length : size;
    if (fileSize === 0) throw new BoardError("Can't create zero length file");

    let entry = chain.find(name);
    if (offset === 0) {
      const fresh =
        entry !== undefined && entry.size === fileSize && flash.isErased(dataAddress(entry), entry.size);
      if (!fresh) {
        if (entry !== undefined && entry.size === fileSize && isEqual(entry, bytes)) return true;
        if (entry !== undefined) markErased(entry);
        entry = create(name, fileSize);
      }
    }
    if (entry === undefined) throw new BoardError('Unable to find or create file');
    if (offset + bytes.length > entry.size) throw new BoardError('Too much data for file size');
    const address = dataAddress(entry) + offset;
    if (!flash.isErased(address, bytes.length))
      throw new BoardError('File already written with different data');
    flash.write(address, bytes);
    return true;
  }

  function isEqual(entry: FileEntry, bytes: Uint8Array): boolean {
    const start = dataAddress(entry);
    return bytes.length === entry.size && bytes.every((byte, i) => flash.bytes[start + i] === byte);
  }

  function read(name: string, offset = 0, length = 0): string | undefined {
    const entry = chain.find(name);
    if (entry === undefined) return undefined;
    const start = Math.min(Math.max(0, offset), entry.size);
    const count = Math.min(length <= 0 ? entry.size : length, entry.size - start);
    const address = dataAddress(entry) + start;
    return stringFromBytes(flash.bytes.subarray(address, address + count));
  }

  function getStats(): StorageStats {
    const stats = { totalBytes: end, freeBytes: 0, fileBytes: 0, fileCount: 0, trashBytes: 0, trashCount: 0 };
    for (const entry of chain.entries()) {
      const bytes = align(entry.size) + headerBytes;
      if (entry.erased) {
        stats.trashBytes += bytes;
        stats.trashCount++;
      } else {
        stats.fileBytes += bytes;
        stats.fileCount++;
      }
    }
    stats.freeBytes = end - chain.end();
    return stats;
  }

  /**
   * Moves the live files together, page by page from the first page that holds a replaced one. A power cut
   * between erasing a page and writing it loses that page, here as on the chip.
   */
  function compact(): boolean {
    const files = [...chain.entries()];
    const firstErased = files.findIndex((entry) => entry.erased);
    if (firstErased < 0) return false;
    onCompact();
    let start = 0;
    for (const entry of files.slice(0, firstErased + 1))
      if (entry.address % pageBytes === 0) start = entry.address;

    const live = files.filter((entry) => !entry.erased && entry.address >= start);
    const kept = Buffer.concat(
      live.map((entry) => flash.bytes.slice(entry.address, align(dataAddress(entry) + entry.size))),
    );
    const oldEnd = chain.end();
    for (let page = start; page < oldEnd; page += pageBytes) {
      flash.erasePage(page);
      const content = kept.subarray(page - start, page - start + pageBytes);
      if (content.length > 0) flash.write(page, content);
    }
    return true;
  }

  return {
    read,
    write,
    getStats,
    compact,
    erase(name) {
      const entry = chain.find(name);
      if (entry !== undefined) markErased(entry);
    },
    eraseAll() {
      for (let page = 0; page < end; page += pageBytes) flash.erasePage(page);
    },
    list: (regex) => {
      const names = [...chain.entries()].filter((entry) => !entry.erased).map((entry) => entry.name);
      return regex === undefined ? names : names.filter((name) => regex.test(name));
    },
    getFree: () => getStats().freeBytes,
    isValid: () => chain.isValid(),
    entries: () => [...chain.entries()].filter((entry) => !entry.erased),
  };
}
