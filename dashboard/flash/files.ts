import { type FlashFiles, flashFilesPath, flashKeyPath } from '../../flashing';
import { BrowserError, within } from './serial/browser-error';

/** What is used of a window. */
export interface Place {
  location: Pick<Location, 'hash' | 'pathname'>;
  history: Pick<History, 'replaceState'>;
  sessionStorage: Pick<Storage, 'getItem' | 'setItem'>;
  fetch: typeof fetch;
}

const answerMs = 15_000;
/** Of this tab and this address only, and gone with the tab. */
const storedKey = 'lamplighter-flash-key';

/** The token in the page's address, `#token=...`. */
export function tokenOf({ location }: Place): string | undefined {
  return /^#token=([\w-]+)$/.exec(location.hash)?.[1];
}

/** What is to be flashed, from `lamplighter flash --ui`. Throws a BrowserError. */
export async function fetchFiles(place: Place): Promise<FlashFiles> {
  const key = await keyOf(place);
  const answer = await ask(place, flashFilesPath, { headers: { authorization: `Bearer ${key}` } });
  return (await within(answer.json(), answerMs, 'reading the files')) as FlashFiles;
}

async function keyOf(place: Place): Promise<string> {
  const token = tokenOf(place);
  if (token !== undefined) {
    const answer = await ask(place, flashKeyPath, { method: 'POST', body: token });
    place.sessionStorage.setItem(storedKey, await within(answer.text(), answerMs, 'reading the key'));
    // It has counted, and is no good in a history.
    place.history.replaceState(null, '', place.location.pathname);
  }
  const key = place.sessionStorage.getItem(storedKey);
  if (key === null) throw new BrowserError('no-files', 'the address has no token');
  return key;
}

async function ask(place: Place, path: string, options: RequestInit): Promise<Response> {
  let answer: Response;
  try {
    answer = await within(place.fetch(path, { ...options, cache: 'no-store' }), answerMs, path);
  } catch (error) {
    throw new BrowserError('no-files', `${path}: ${String(error)}`);
  }
  if (!answer.ok) throw new BrowserError('no-files', `${path}: ${answer.status}`);
  return answer;
}
