import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Access, onlyReports } from './access';
import { Problem } from './problem';
import { pageHeaders } from './security-headers';
import type { StaticFiles } from './static-files';

const shell = '/index.html';

/** Answers whatever is no API: the files of the dashboard, and its shell for every page. */
export class Pages {
  constructor(
    private readonly files: StaticFiles | undefined,
    private readonly access: Access,
  ) {}

  /** Throws a Problem for what can be answered by a sentence only. */
  async answer(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    if (request.method !== 'GET' && request.method !== 'HEAD')
      throw new Problem(405, `${request.method} ${path.slice(0, 100)}: expected GET or HEAD`);
    if (!this.files)
      throw new Problem(503, 'The dashboard is not built: run npm run build, then start the gateway again.');
    if (path !== shell && this.files.has(path)) {
      this.files.send(request, response, path, pageHeaders);
      return;
    }
    if (path !== '/login' && (await this.isLocked(request))) {
      const next = isOwn(request.url!) && path !== '/' ? `?next=${encodeURIComponent(request.url!)}` : '';
      response
        .writeHead(302, { ...pageHeaders, Location: `/login${next}`, 'Cache-Control': 'no-store' })
        .end();
      return;
    }
    this.files.send(request, response, shell, pageHeaders, isPage(path) ? 200 : 404);
  }

  private async isLocked(request: IncomingMessage): Promise<boolean> {
    if (!this.access.rules.loginNeeded) return false;
    const identity = await this.access.identify(request);
    if (identity && identity.role !== 'controller') throw onlyReports(identity);
    return !identity;
  }
}

function isPage(path: string): boolean {
  return /^\/(?:|flash|login|index\.html|iot\/[1-9]\d{0,3}|sensors\/[^/]{1,192})$/.test(path);
}

/** Two slashes, or a slash and a backslash, would lead the browser to another site. */
function isOwn(url: string): boolean {
  return /^\/(?![/\\])/.test(url);
}
