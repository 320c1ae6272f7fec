import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import type { LoopbackBench } from '../support/loopback-bench';
import { haveChromium, launch, open, picture } from './support/chromium';
import { GatewayBench } from './support/gateway-bench';
import { canvasPixels, mark } from './support/in-page';

const settings = { holdMs: 10_000, darkBelow: 300, brightFrom: 320, telemetryMs: 3000 };

describe.skipIf(!haveChromium())('the page of a kit', () => {
  let bench: GatewayBench;
  let board: LoopbackBench;
  let browser: Browser;
  let page: Page;
  let complaints: string[];

  beforeAll(async () => {
    bench = await GatewayBench.start({ settings: new Map([[1, settings]]) });
    board = await bench.addKit({ climate: { temperatureC: 23.4, humidityPct: 46.1 } });
    browser = await launch();
    ({ page, complaints } = await open(browser, `${bench.url}/iot/1`));
    await page.locator('.pill[data-link=open]').waitFor();
  });

  afterAll(async () => {
    await browser?.close();
    await bench?.stop();
    // It is the test that reads the canvas.
    expect(complaints.filter((text) => !text.includes('getImageData'))).toEqual([]);
  });

  const answer = (group: string) => page.getByRole('group', { name: group, exact: true }).locator('.answer');

  test('tells what the kit has told', async () => {
    await expect.poll(() => page.locator('.tiles [data-value=temperature] dd').textContent()).toBe('23.4 °C');
    expect(await page.locator('.tiles [data-value=humidity] dd').textContent()).toBe('46.1 %');
    expect(await page.locator('.tiles [data-value=light] dd').textContent()).toBe('600 bright');
    expect(await page.locator('.page-head .badge').textContent()).toBe('Online');
    expect(await page.locator('.lamp-tile .cause').textContent()).toBe('Off since the board started.');
    const facts = await page.locator('.facts').allTextContents();
    for (const fact of ['Stays lit for10 s', 'Dark below300', 'Bright again from320', 'Reports every3 s'])
      expect(facts[0]).toContain(fact);
    for (const fact of ['NodeMCU (ESP8266)', '0.1.0', '10.0.0.2', '02:00:00:00:00:01', 'TransportMQTT'])
      expect(facts[1]).toContain(fact);
  });

  describe('each button reaches the board, and its answer the page:', () => {
    const lamp = () => board.lamp.lit;
    const led = () => board.led.lit;

    test.each<[string, string, string, () => boolean | undefined, boolean | undefined]>([
      ['LED', 'LED: on', 'The LED is on.', led, true],
      ['LED', 'LED: off', 'The LED is off.', led, false],
      ['LED', 'LED: toggle', 'The LED is on.', led, true],
      ['USB lamp', 'USB lamp: on', 'The lamp is lit for 10 s.', lamp, true],
      ['USB lamp', 'USB lamp: off', 'The lamp is off.', lamp, false],
      ['USB lamp', 'USB lamp: toggle', 'The lamp is lit for 10 s.', lamp, true],
      ['Readings', 'Get temperature', 'Temperature 23.4 °C', () => undefined, undefined],
      ['Readings', 'Get humidity', 'Humidity 46.1 %', () => undefined, undefined],
      [
        'Readings',
        'Get temperature and humidity (Both)',
        'Temperature 23.4 °C, Humidity 46.1 %',
        () => undefined,
        undefined,
      ],
      ['Readings', 'Get light', 'Light 600', () => undefined, undefined],
    ])('%s, %s', async (group, button, text, shown, wanted) => {
      await page.getByRole('button', { name: button, exact: true }).click();
      await expect.poll(() => answer(group).locator('span').last().textContent()).toBe(text);
      expect(await answer(group).getAttribute('data-state')).toBe('ok');
      expect(shown()).toBe(wanted);
    });
  });

  test('the lamp counts its seconds down, tells why it was lit, and goes off', async () => {
    await board.publish('iot/1', 'USBLED/OFF');
    await expect
      .poll(() => page.locator('.lamp-tile .cause').textContent())
      .toBe('Switched off by a command.');
    await board.publish('iot/1', 'USBLED/ON');
    const tile = page.locator('.lamp-tile dd').first();
    for (const seconds of [10, 9, 8])
      await expect.poll(() => tile.textContent()).toBe(` Lit, ${seconds} s left`);
    expect(await page.locator('.lamp-tile .cause').textContent()).toBe('Lit by a command.');
    expect(await page.locator('.lamp-tile').getAttribute('data-lit')).toBe('true');
    await picture(page, 'kit-lamp-lit');
    await board.publish('iot/1', 'USBLED/OFF');
    await expect.poll(() => tile.textContent()).toBe(' Off');
  });

  test('dusk lights the lamp, and that is the cause', async () => {
    // What the lamp itself lights counts for a second after it went off, and then the sensor settles.
    await board.advance(1500);
    board.setLight(100);
    await expect.poll(() => page.locator('.lamp-tile .cause').textContent()).toBe('Lit because it got dark.');
    board.setLight(600);
    await board.publish('iot/1', 'USBLED/OFF');
  });

  test('the display is the same as that of the board, pixel for pixel', async () => {
    await expect.poll(() => board.lamp.lit).toBe(false);
    await expect
      .poll(async () => (await canvasPixels(page)).join('') === [...board.oled.pixels].join(''))
      .toBe(true);
    expect(board.oled.pixels.includes(1)).toBe(true);
    const name = await page.getByRole('img', { name: 'display' }).getAttribute('aria-label');
    expect(name).toBe('The kit’s display: Temperature:, 23.4°C, Humidity:, 46.1%, online');
  });

  test('what is measured next is told and drawn without loading the page anew', async () => {
    const isMarked = await mark(page);
    board.setClimate({ temperatureC: -7.5, humidityPct: 100 });
    await expect
      .poll(() => page.locator('.tiles [data-value=temperature] dd').textContent(), { timeout: 15_000 })
      .toBe('-7.5 °C');
    await expect
      .poll(async () => (await canvasPixels(page)).join('') === [...board.oled.pixels].join(''))
      .toBe(true);
    await expect
      .poll(() => page.locator('[data-chart=temperature] .chart-summary').textContent())
      .toContain('lowest -7.5 °C');
    expect(await isMarked()).toBe(true);
  });

  describe('the log of messages', () => {
    const topics = () => page.locator('.message-scroll tbody td:nth-child(2)').allTextContents();

    beforeEach(async () => {
      await page.getByLabel('Filter').fill('');
    });

    test('has topic, payload and time of what passes', async () => {
      await board.publish('iot/1', 'cds');
      const row = page.locator('.message-scroll tr', { hasText: 'Light intensity is' }).first();
      await row.waitFor();
      expect(await row.locator('td').allTextContents()).toEqual([
        expect.stringMatching(/^\d\d:\d\d:\d\d$/),
        'iot/1/cds',
        expect.stringMatching(/^Light intensity is \d+$/),
      ]);
    });

    test('leaves out what the filter does not match', async () => {
      await page.getByLabel('Filter').fill('result cds');
      await expect.poll(async () => new Set(await topics())).toEqual(new Set(['iot/1/result']));
    });

    test('stands still while it is paused, and counts what came meanwhile', async () => {
      await page.getByLabel('Filter').fill('LED/OFF');
      const before = await topics();
      await page.getByRole('button', { name: 'Pause' }).click();
      await board.publish('iot/1', 'LED/OFF');
      await page.locator('.message-tools', { hasText: /\d new/ }).waitFor();
      expect(await topics()).toEqual(before);
      await page.getByRole('button', { name: 'Resume' }).click();
      await expect.poll(async () => (await topics()).length).toBeGreaterThan(before.length);
    });

    test('says that nothing came when it was cleared', async () => {
      await page.getByLabel('Filter').fill('zzz');
      await page.getByText('No message matches the filter.').waitFor();
      await page.getByLabel('Filter').fill('');
      await page.getByRole('button', { name: 'Pause' }).click();
      await page.getByRole('button', { name: 'Clear' }).click();
      await page.getByText('No message has come yet.').waitFor();
      await page.getByRole('button', { name: 'Resume' }).click();
    });

    test('shows payloads as text, whatever they hold', async () => {
      await board.publish('iot/1/note', '<img src=x onerror=alert(1)>');
      await page.getByText('<img src=x onerror=alert(1)>').waitFor();
      expect(await page.locator('.message-scroll img').count()).toBe(0);
    });
  });

  test('a sensor that cannot be read is told in the answer', async () => {
    board.setClimate({ temperatureC: 20, humidityPct: 50, silent: true });
    // The last reading counts for two seconds.
    await board.advance(2500);
    await page.getByRole('button', { name: 'Get temperature', exact: true }).click();
    await expect
      .poll(() => answer('Readings').textContent())
      .toContain('Get temperature: its DHT22 did not answer.');
    expect(await answer('Readings').getAttribute('data-state')).toBe('failed');
    board.setClimate({ temperatureC: 20, humidityPct: 50 });
  });

  test('a kit that has lost its power is offline; its buttons are pending for 4 s, then none has answered', async () => {
    board.board.powerOff();
    await page.locator('.badge', { hasText: 'Offline' }).waitFor();
    await page.getByText('This kit is offline.').waitFor();
    expect(await page.locator('.oled').getAttribute('class')).toBe('oled dimmed');
    expect(await page.locator('.display p').textContent()).toContain('Last known');
    const button = page.getByRole('button', { name: 'LED: toggle', exact: true });
    const pressedMs = Date.now();
    await button.click();
    await expect.poll(() => answer('LED').textContent()).toBe('LED: toggle: waiting for the kit …');
    expect(await button.getAttribute('aria-busy')).toBe('true');
    await expect
      .poll(() => answer('LED').textContent(), { timeout: 6000 })
      .toBe('LED: toggle: no answer within 4 s.');
    expect(Date.now() - pressedMs).toBeGreaterThanOrEqual(3900);
    expect(await button.getAttribute('aria-busy')).toBe('false');
    await picture(page, 'kit-offline');
  });
});
