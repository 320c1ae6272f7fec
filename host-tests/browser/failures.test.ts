import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { haveChromium, launch, open, picture } from './support/chromium';
import { FakeGateway, kitSensor } from './support/fake-gateway';
import { faintTexts, tooWide } from './support/in-page';

describe.skipIf(!haveChromium())('when things go wrong', () => {
  let gateway: FakeGateway;
  let url: string;
  let browser: Browser;
  let page: Page | undefined;

  beforeAll(async () => {
    browser = await launch();
  });

  afterAll(() => browser?.close());

  beforeEach(async () => {
    gateway = new FakeGateway();
    gateway.sensors = [kitSensor({ kit: 2, lamp: 'OFF', led: 'OFF', cause: 'boot' }, { temperature: 21 })];
    url = await gateway.start();
  });

  afterEach(async () => {
    await page?.context().close();
    page = undefined;
    await gateway.stop();
  });

  async function opened(path: string): Promise<Page> {
    ({ page } = await open(browser, 'about:blank'));
    await page.clock.install();
    await page.goto(url + path);
    await page.locator('.pill[data-link=open]').waitFor();
    return page;
  }

  test('a gateway whose power was cut is missed, although no connection was ever closed', async () => {
    const page = await opened('/iot/2');
    gateway.dead = true;
    await page.clock.fastForward(14_000);
    expect(await page.locator('.banner').count()).toBe(0);
    await page.clock.fastForward(2000);
    await page.locator('.banner', { hasText: 'The connection to the gateway is lost.' }).waitFor();
    expect(await page.locator('.display p').textContent()).toContain('Last known');
    gateway.dead = false;
    await page.getByRole('button', { name: 'Try now' }).click();
    await page.locator('.pill[data-link=open]').waitFor();
    expect(await page.locator('.banner').count()).toBe(0);
  });

  test('a command whose answer the lost connection took along is told as one', async () => {
    const page = await opened('/iot/2');
    await page.getByRole('button', { name: 'USB lamp: on', exact: true }).click();
    await page.getByText('USB lamp: on: waiting for the kit …').waitFor();
    expect(gateway.requests.at(-1)).toEqual({ type: 'command', id: 1, kit: 2, command: 'USBLED/ON' });
    gateway.dropBrowsers();
    await page
      .getByText('the connection to the gateway was lost; whether it was carried out is not known.')
      .waitFor();
  });

  test('a gateway that says nothing at all counts as no answer, too', async () => {
    const page = await opened('/iot/2');
    await page.getByRole('button', { name: 'Get light', exact: true }).click();
    await page.getByText('Get light: waiting for the kit …').waitFor();
    await page.clock.fastForward(5100);
    await page.getByText('Get light: no answer within 4 s.').waitFor();
  });

  test('what the kit refuses is told with its reason', async () => {
    const page = await opened('/iot/2');
    await page.getByRole('button', { name: 'LED: toggle', exact: true }).click();
    await expect.poll(() => gateway.requests.length).toBe(2);
    gateway.tell({ type: 'answer', id: 1, answer: { outcome: 'refused', error: 'safe mode after crashes' } });
    await page.getByText('LED: toggle: the kit is in safe mode after crashes.').waitFor();
  });

  test('a gateway without its broker says so on every page', async () => {
    const page = await opened('/');
    gateway.tell({ type: 'broker', broker: 'lost' });
    await page.locator('.banner', { hasText: 'no connection to its MQTT broker' }).waitFor();
    expect(await page.locator('.pill[data-broker]').textContent()).toBe('Broker lost');
    await picture(page, 'broker-lost');
    gateway.tell({ type: 'broker', broker: 'connected' });
    await expect.poll(() => page.locator('.banner').count()).toBe(0);
  });

  test('frames that nobody understands harm nothing', async () => {
    const page = await opened('/');
    for (const text of ['', '{', 'null', '{"type":"reading"}', '[{"type":"of tomorrow"}]'])
      gateway.tellText(text);
    gateway.tell({
      type: 'reading',
      sensor: 'a',
      transport: 'udp',
      atMs: Date.now(),
      seenMs: Date.now(),
      values: { value: 5 },
    });
    await expect.poll(() => page.locator('[data-sensor=a] dd').textContent()).toBe('5');
  });

  test('a history that cannot be had is said to be, and live values are drawn all the same', async () => {
    gateway.historyFails = true;
    const page = await opened('/iot/2');
    const chart = page.locator('[data-chart=temperature]');
    await chart.getByText('The history cannot be had at the moment.').waitFor();
    const nowMs = await page.evaluate('Date.now()');
    gateway.tell({
      type: 'reading',
      sensor: 'kit_2',
      transport: 'mqtt',
      atMs: Number(nowMs),
      seenMs: Number(nowMs),
      values: { temperature: 22 },
    });
    await expect
      .poll(() => chart.locator('.chart-summary').textContent())
      .toBe('lowest 22.0 °C · highest 22.0 °C');
  });

  test.each([
    [
      'in safe mode',
      kitSensor({ kit: 2, status: 'safe-mode' }),
      'has crashed several times and is in safe mode',
    ],
    [
      'that has never been heard of',
      { ...kitSensor({ kit: 2, status: 'unknown' }), seenMs: 0 },
      'Kit 2 has said nothing yet.',
    ],
    [
      'that says only texts',
      kitSensor({ kit: 2, status: 'unknown', textsOnly: true }),
      'publishes only the plain texts',
    ],
  ])('a kit %s says so first', async (name, sensor, sentence) => {
    gateway.sensors = [sensor];
    const page = await opened('/iot/2');
    await page.locator('.note', { hasText: sentence }).waitFor();
    expect(await faintTexts(page)).toEqual([]);
    await picture(page, `kit-${name.replaceAll(' ', '-')}`);
  });

  test('a thousand sensors with long names have their cards, and each reading its place', async () => {
    gateway.sensors = Array.from({ length: 1000 }, (_, index) => ({
      ...kitSensor({ kit: 1 }),
      kit: undefined as never,
      id: `${'a-very-long-name-'.repeat(3)}${index}`,
      values: { temperature: index / 10, something_nobody_has_heard_of: true },
    }));
    const page = await opened('/');
    expect(await page.locator('.sensor-card').count()).toBe(1000);
    expect(await tooWide(page)).toEqual([]);
    const id = gateway.sensors[999]!.id;
    const seenMs = Date.now();
    gateway.tell({
      type: 'reading',
      sensor: id,
      transport: 'tcp',
      atMs: seenMs,
      seenMs,
      values: { temperature: -3 },
    });
    await expect
      .poll(() => page.locator(`[data-sensor="${id}"] .number`).first().textContent())
      .toBe('-3.0 °C');
  });
});
