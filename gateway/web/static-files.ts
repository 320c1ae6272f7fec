import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

/** What all files together may have, in bytes: they stay in memory. */
const bytesMax = 16 * 1024 * 1024;
/** Below this many bytes compression saves no packet. */
const worthGzip = 1024;

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.map': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.txt': 'text/plain; charset=utf-8',
  '.woff2': 'font/woff2',
};

interface StaticFile {
  bytes: Buffer;
  zipped?: Buffer;
  etag: string;
  type: string;
  /** The build has put a hash into the name: another content has another name. */
  hashed: boolean;
}

/** The files of a folder, read once: an address is looked up among their names and never becomes a path. */
export class StaticFiles {
  private constructor(private readonly files: ReadonlyMap<string, StaticFile>) {}

  /** Undefined when the folder has no `index.html`. Throws one sentence when it is too large to be a dashboard. */
  static read(folder: string): StaticFiles | undefined {
    const files = new Map<string, StaticFile>();
    let left = bytesMax;
    for (const name of namesIn(folder)) {
      const bytes = readFileSync(join(folder, name));
      left -= bytes.length;
      if (left < 0) throw new Error(`${folder}: expected a built dashboard, got more than ${bytesMax} bytes`);
      files.set(`/${name.replaceAll('\\', '/')}`, fileOf(name, bytes));
    }
    return files.has('/index.html') ? new StaticFiles(files) : undefined;
  }

  /** Compresses what is worth it, beside the event loop; until then files go out as they are. */
  async zip(): Promise<void> {
    for (const file of this.files.values()) {
      if (file.bytes.length < worthGzip || /image\/(png|x-icon)|font/.test(file.type)) continue;
      const zipped = await promisify(gzip)(file.bytes, { level: 9 });
      if (zipped.length < file.bytes.length) file.zipped = zipped;
    }
  }

  has(path: string): boolean {
    return this.files.has(path);
  }

  /** Answers GET and HEAD with a file that is there; 304 when the browser has it already. */
  send(
    request: IncomingMessage,
    response: ServerResponse,
    path: string,
    headers: Record<string, string>,
    status: 200 | 404 = 200,
  ): void {
    const file = this.files.get(path)!;
    const common = {
      ...headers,
      ETag: file.etag,
      Vary: 'Accept-Encoding',
      'Cache-Control': file.hashed ? 'public, max-age=31536000, immutable' : 'no-cache',
    };
    if (status === 200 && isKnown(file.etag, request.headers['if-none-match'])) {
      response.writeHead(304, common).end();
      return;
    }
    const zipped = accepts(request.headers['accept-encoding']) ? file.zipped : undefined;
    const bytes = zipped ?? file.bytes;
    response.writeHead(status, {
      ...common,
      'Content-Type': file.type,
      'Content-Length': bytes.length,
      ...(zipped && { 'Content-Encoding': 'gzip' }),
    });
    response.end(request.method === 'HEAD' ? undefined : bytes);
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(join(folder, '/').length));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

function fileOf(name: string, bytes: Buffer): StaticFile {
  return {
    bytes,
    etag: `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`,
    type: types[extname(name).toLowerCase()] ?? 'application/octet-stream',
    hashed: /^assets[\\/]/.test(name),
  };
}

/** The same bytes compressed are as good, hence weak comparison: RFC 9110, 13.1.2. */
function isKnown(etag: string, known: string | undefined): boolean {
  if (known === undefined) return false;
  return known.trim() === '*' || known.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag);
}

function accepts(encodings: string | undefined): boolean {
  return /\bgzip\b(?!\s*;\s*q=0(?:\.0*)?(?:,|$))/.test(encodings ?? '');
}
