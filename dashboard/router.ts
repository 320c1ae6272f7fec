import { routeOf, type Route } from './route';

/** Follows links of this site without loading the page anew. */
export class Router {
  onChange: () => void = () => {};

  constructor(private readonly window: Window) {
    window.addEventListener('popstate', () => this.onChange());
    window.document.addEventListener('click', (event) => this.#onClick(event));
  }

  get route(): Route {
    return routeOf(this.path);
  }

  get path(): string {
    return this.window.location.pathname;
  }

  get search(): string {
    return this.window.location.search;
  }

  go(path: string): void {
    this.window.history.pushState(null, '', path);
    this.window.scrollTo(0, 0);
    this.onChange();
  }

  /** As `go`, without leaving the present page in the history. */
  replace(path: string): void {
    this.window.history.replaceState(null, '', path);
    this.onChange();
  }

  #onClick(event: MouseEvent): void {
    const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
    const link = plain && event.target instanceof Element ? event.target.closest('a') : null;
    if (!link || event.defaultPrevented || link.target || link.hasAttribute('download')) return;
    const { origin, pathname, search, hash } = new URL(link.href);
    if (origin !== this.window.location.origin || pathname.startsWith('/api/') || hash) return;
    event.preventDefault();
    if (pathname + search !== this.path + this.search) this.go(pathname + search);
  }
}
