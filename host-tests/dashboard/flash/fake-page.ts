import { vi } from 'vitest';

/** As much of an element as @espruino-tools/core builds its window from. */
class FakeElement {
  readonly children: FakeElement[] = [];
  readonly classList = { add: () => {} };
  innerHTML = '';
  innerText = '';
  onclick: (event: { preventDefault(): void }) => void = () => {};

  setAttribute(): void {}

  appendChild(child: FakeElement): void {
    this.children.push(child);
  }

  removeChild(child: FakeElement): void {
    this.children.splice(this.children.indexOf(child), 1);
  }

  get lastElementChild(): FakeElement | null {
    return this.children.at(-1) ?? null;
  }

  get textContent(): string {
    return this.innerHTML.replace(/<[^>]*>/g, '');
  }

  click(): void {
    this.onclick({ preventDefault: () => {} });
  }
}

/** The browser that @espruino-tools/core takes itself to be in. Undone by vi.unstubAllGlobals(). */
export function fakePage(serial: object): { body: FakeElement } {
  const body = new FakeElement();
  vi.stubGlobal('window', { location: { protocol: 'http:', hostname: '127.0.0.1' } });
  vi.stubGlobal('document', { body, createElement: () => new FakeElement() });
  vi.stubGlobal('Audio', class {});
  vi.stubGlobal('navigator', { serial, platform: 'Linux', userAgent: 'Chrome/140', maxTouchPoints: 0 });
  // The library tells the browser's console of every byte.
  vi.spyOn(console, 'log').mockImplementation(() => {});
  return { body };
}
