import { accessSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { root } from '../../../build/root';
import { absent } from '../../support/system-programs';

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** The browser that is installed; undefined when there is none. */
export const chromiumPath = places.find((path) => {
  try {
    accessSync(path);
    return true;
  } catch {
    return false;
  }
});

/**
 * Whether tests in a browser can run. Without one it is said once, and they are skipped; on a machine that is there to
 * test it is an error, where its system has these places.
 */
export function haveChromium(): boolean {
  if (chromiumPath) return true;
  return absent(
    `The dashboard is not tested in a browser: no Chromium at ${places.join(', ')}: apt-get install chromium`,
  );
}

export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: chromiumPath!,
    // A container's root has no sandbox, and its /dev/shm is small.
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'],
  });
}

export const phone: BrowserContextOptions = {
  viewport: { width: 360, height: 740 },
  deviceScaleFactor: 2,
  isMobile: true,
  hasTouch: true,
};

export interface Opened {
  page: Page;
  /** What the browser complained about: errors of scripts, breaches of the policy for contents. */
  complaints: string[];
}

/** A window of its own, with nothing remembered. */
export async function open(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<Opened> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 860 },
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    ...options,
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  await page.goto(url);
  return { page, complaints };
}

/** Keeps a picture of the whole page in dist/screenshots. */
export async function picture(page: Page, name: string): Promise<void> {
  const folder = join(root, 'dist/screenshots');
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true, animations: 'disabled' });
}
