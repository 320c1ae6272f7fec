import type { Memory } from './site';

export const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

/** Light or dark: the system's choice, or this browser's own. */
export class Themes {
  onChange: () => void = () => {};
  chosen: Theme;
  readonly #systemDark: MediaQueryList;

  constructor(
    private readonly window: Window,
    private readonly memory: Memory,
  ) {
    this.#systemDark = window.matchMedia('(prefers-color-scheme: dark)');
    this.#systemDark.addEventListener('change', () => this.onChange());
    const remembered = memory.get('theme');
    this.chosen = themes.find((theme) => theme === remembered) ?? 'system';
    this.#show();
  }

  /** What is shown: `system` resolved. */
  get shown(): 'light' | 'dark' {
    if (this.chosen !== 'system') return this.chosen;
    return this.#systemDark.matches ? 'dark' : 'light';
  }

  /** The next one of the list. */
  next(): void {
    this.chosen = themes[(themes.indexOf(this.chosen) + 1) % themes.length]!;
    this.memory.set('theme', this.chosen);
    this.#show();
    this.onChange();
  }

  #show(): void {
    const { dataset } = this.window.document.documentElement;
    if (this.chosen === 'system') delete dataset.theme;
    else dataset.theme = this.chosen;
  }
}
