import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { haveChromium, launch, open, phone, picture } from './support/chromium';
import { GatewayBench } from './support/gateway-bench';
import { faintTexts, mark, tooWide, unreadable } from './support/in-page';

const settings = { holdMs: 10_000, darkBelow: 300, brightFrom: 320, telemetryMs: 3000 };

describe.skipIf(!haveChromium())('every page', () => {
  let bench: GatewayBench;
  let browser: Browser;

  beforeAll(async () => {
    bench = await GatewayBench.start({ settings: new Map([[1, settings]]) });
    await bench.addKit({ climate: { temperatureC: 23.4, humidityPct: 46.1 } });
    await fetch(`${bench.url}/api/sensors/co2-lab/data`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ value: 812, unit: 'ppm', a_value_with_a_rather_long_name: 1.2345678 }),
    });
    browser = await launch();
  });

  afterAll(async () => {
    await browser?.close();
    await bench?.stop();
  });

  const pages = ['/', '/iot/1', '/sensors/co2-lab', '/flash', '/login', '/nowhere'];
  const ready: Record<string, string> = {
    '/': '.sensor-card >> nth=1',
    '/iot/1': '[data-chart=light] canvas',
    '/sensors/co2-lab': '[data-chart=value] canvas',
    '/flash': '.flash-page',
  };

  describe.each([
    ['light', { colorScheme: 'light' as const }],
    ['dark', { colorScheme: 'dark' as const }],
    ['phone', { ...phone, colorScheme: 'light' as const }],
    ['phone, dark, Korean', { ...phone, colorScheme: 'dark' as const, locale: 'ko-KR' }],
    ['Korean', { colorScheme: 'light' as const, locale: 'ko-KR' }],
  ])('%s', (name, options) => {
    test.each(pages)('%s has contrast, names for all controls, and fits', async (path) => {
      const { page, complaints } = await open(browser, bench.url + path, options);
      await page.locator(ready[path] ?? 'h1').waitFor();
      if (path === '/iot/1') {
        await page.locator('[data-command="USBLED/ON"]').click();
        await page.locator('.lamp-tile[data-lit=true]').waitFor();
      }
      expect(await faintTexts(page)).toEqual([]);
      expect(await unreadable(page)).toEqual([]);
      expect(await tooWide(page)).toEqual([]);
      expect(complaints.filter((text) => !text.includes('404'))).toEqual([]);
      await picture(page, `${name}${path.replaceAll('/', '-')}`.replace(/, /g, '-').toLowerCase());
      await page.context().close();
    });
  });

  test('an address that is not known is answered with 404 and a sentence, in the same shell', async () => {
    const { page } = await open(browser, bench.url);
    const response = await page.goto(`${bench.url}/no/such/page`);
    expect(response!.status()).toBe(404);
    await page.getByText('The address /no/such/page is not known here.').waitFor();
    await page.getByRole('navigation').waitFor();
    await page.getByRole('link', { name: 'Go to the overview' }).click();
    await page.getByRole('heading', { name: 'Kits and sensors' }).waitFor();
    await page.context().close();
  });

  test('links open pages without loading anew, back goes back, and the heading is where reading goes on', async () => {
    const { page } = await open(browser, bench.url);
    const isMarked = await mark(page);
    await page.getByRole('link', { name: 'Kit 1' }).click();
    await page.getByRole('heading', { level: 1, name: 'Kit 1' }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/iot/1');
    await expect.poll(() => page.title()).toBe('Kit 1 · Lamplighter');
    expect(await page.evaluate('document.activeElement.tagName')).toBe('MAIN');
    await page.goBack();
    await page.getByRole('heading', { level: 1, name: 'Kits and sensors' }).waitFor();
    expect(await isMarked()).toBe(true);
    await page.context().close();
  });

  test('the code that flashes is loaded when its page is opened, and that of charts with the first chart', async () => {
    const { page } = await open(browser, 'about:blank');
    const scripts: string[] = [];
    page.on('request', (request) => {
      if (request.resourceType() === 'script') scripts.push(new URL(request.url()).pathname);
    });
    await page.goto(bench.url);
    await page.locator('.sensor-card').first().waitFor();
    expect(scripts).toEqual([expect.stringMatching(/^\/assets\/index-/)]);
    await page.getByRole('link', { name: 'Kit 1' }).click();
    await page.locator('canvas').first().waitFor();
    await expect.poll(() => scripts.some((name) => name.includes('/plot-'))).toBe(true);
    expect(scripts.some((name) => name.includes('flash'))).toBe(false);
    await page.getByRole('link', { name: 'Flash a board' }).click();
    await page.locator('.flash-page').waitFor();
    expect(scripts.some((name) => name.includes('/flash-page-'))).toBe(true);
    await page.context().close();
  });

  test('the language is the browser’s until it is chosen, and then remembered', async () => {
    const { page } = await open(browser, bench.url, { locale: 'ko-KR' });
    await page.getByRole('heading', { level: 1, name: '키트와 센서' }).waitFor();
    expect(await page.getAttribute('html', 'lang')).toBe('ko');
    await page.getByRole('button', { name: 'EN' }).click();
    await page.getByRole('heading', { level: 1, name: 'Kits and sensors' }).waitFor();
    await page.reload();
    await page.getByRole('heading', { level: 1, name: 'Kits and sensors' }).waitFor();
    expect(await page.getAttribute('html', 'lang')).toBe('en');
    await page.context().close();
  });

  test('the colours are the system’s until they are chosen, and then remembered', async () => {
    const { page } = await open(browser, bench.url, { colorScheme: 'dark' });
    const page_ = () => page.evaluate('getComputedStyle(document.documentElement).backgroundColor');
    const dark = await page_();
    const button = page.getByRole('button', { name: 'Colours' });
    expect(await button.getAttribute('aria-label')).toBe('Colours: As the system');
    await button.click();
    await expect.poll(() => button.getAttribute('aria-label')).toBe('Colours: Light');
    expect(await page_()).not.toBe(dark);
    await page.reload();
    await expect.poll(() => button.getAttribute('aria-label')).toBe('Colours: Light');
    expect(await page_()).not.toBe(dark);
    await button.click();
    expect(await page_()).toBe(dark);
    await page.context().close();
  });

  test('a kit is switched with the keyboard alone', async () => {
    const { page } = await open(browser, bench.url);
    await page.locator('.sensor-card').first().waitFor();
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the content');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Kit 1');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Kit 1' }).waitFor();
    await page.locator('.pill[data-link=open]').waitFor();
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.dataset.command')).toBe('led');
    expect(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')).toBe('solid');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Space');
    await page.getByText('The LED is on.').waitFor();
    await page.context().close();
  });

  test('nothing moves for those who want no motion', async () => {
    const { page } = await open(browser, `${bench.url}/iot/1`, { reducedMotion: 'reduce' });
    await page.locator('.button').first().waitFor();
    const longest = await page.evaluate(
      `Math.max(...[...document.querySelectorAll('*')].map((e) => parseFloat(getComputedStyle(e).transitionDuration) || 0))`,
    );
    expect(longest).toBeLessThan(0.001);
    await page.context().close();
  });

  test('where the board is flashed there is no gateway: no connection is tried, and no other page is offered', async () => {
    const { page } = await open(browser, 'about:blank');
    const asked: string[] = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    page.on('websocket', (socket) => asked.push(socket.url()));
    await page.route(`${bench.url}/flash`, async (route) => {
      const response = await route.fetch();
      const html = (await response.text()).replace(
        '</head>',
        '<meta name="lamplighter-page" content="flash"></head>',
      );
      await route.fulfill({ response, body: html });
    });
    await page.goto(`${bench.url}/flash`);
    await page.locator('.flash-page').waitFor();
    expect(await page.getByRole('navigation').count()).toBe(0);
    expect(asked.filter((path) => path.includes('/live') || path.includes('/api/session'))).toEqual([]);
    await page.context().close();
  });
});
