import { connectAsync, type MqttClient } from 'mqtt';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { haveChromium, launch, open } from './support/chromium';
import { GatewayBench } from './support/gateway-bench';

/** Short enough for every field of a kit, and for a text of a sensor. */
const attack = '<img src=x onerror="window.hit=1">';
const script = '</script><script>window.hit=1</script>';

describe.skipIf(!haveChromium())('what a sensor or a kit says about itself', () => {
  let bench: GatewayBench;
  let browser: Browser;
  let page: Page;
  let client: MqttClient;
  let complaints: string[];

  beforeAll(async () => {
    bench = await GatewayBench.start();
    client = await connectAsync({ host: '127.0.0.1', port: bench.mqttPort });
    const say = (topic: string, payload: object | string) =>
      client.publishAsync(topic, typeof payload === 'string' ? payload : JSON.stringify(payload));
    await say('iot/3/status', 'online');
    await say('iot/3/state', {
      ...{ lamp: 'ON', led: 'ON', dark: true, remaining: 5 },
      ...{ cause: attack, board: attack, version: attack, ip: attack, mac: attack },
    });
    await say('iot/3/telemetry', {
      temperatureC: 21,
      humidityPct: 50,
      light: 300,
      rssiDbm: -60,
      note: script,
    });
    await say('iot/4/state', { board: 'constructor' });
    await say(`iot/3/${attack}`, attack);
    await say('iot/3/note', script);
    const values = {
      value: 1,
      unit: attack,
      note: script,
      constructor: 2,
      toString: attack,
      hasOwnProperty: true,
    };
    for (const id of ['a', '__proto__', 'constructor', '..', '-1:2'])
      await fetch(`${bench.url}/api/sensors/${encodeURIComponent(id)}/data`, {
        method: 'POST',
        body: JSON.stringify({ sensor_id: id, ...values }),
      });
    browser = await launch();
    ({ page, complaints } = await open(browser, bench.url));
    page.on('dialog', () => complaints.push('a dialog'));
  });

  afterAll(async () => {
    await client?.endAsync();
    await browser?.close();
    await bench?.stop();
  });

  async function visit(path: string, shown: string): Promise<void> {
    await page.goto(bench.url + path);
    await page.getByText(shown).first().waitFor();
    expect(await page.evaluate('window.hit')).toBeUndefined();
    expect(await page.locator('main img, main script, main iframe').count()).toBe(0);
    expect(complaints).toEqual([]);
  }

  test('is text on the overview', () => visit('/', attack));

  test('is text on the page of the kit, in its facts and among its messages', async () => {
    await visit('/iot/3', attack);
    await page.getByText(script).first().waitFor();
    const facts = (await page.locator('.facts').allTextContents()).join();
    expect(facts).toContain(attack);
    const topics = await page.locator('.message-scroll tbody td:nth-child(2)').allTextContents();
    expect(topics).toContain(`iot/3/${attack}`);
  });

  test('is the name of a board as well, whatever it is', async () => {
    await page.goto(`${bench.url}/iot/4`);
    await expect.poll(() => page.locator('.facts dd', { hasText: 'constructor' }).count()).toBe(1);
    expect(complaints).toEqual([]);
  });

  test.each(['a', '__proto__', 'constructor', '-1:2'])('is text on the page of the sensor %s', async (id) => {
    await visit(`/sensors/${encodeURIComponent(id)}`, script);
    // A name that every object has is the name of a value like any other.
    for (const name of ['constructor', 'toString', 'hasOwnProperty'])
      await page.locator('.tiles dt', { hasText: new RegExp(`^${name}$`) }).waitFor();
    expect(await page.locator('.tiles [data-value=constructor] dd').textContent()).toBe('2');
  });

  test('is text in the answer to a command', async () => {
    await page.goto(`${bench.url}/iot/3`);
    await page.locator('.pill[data-link=open]').waitFor();
    client.subscribe('iot/3');
    client.on('message', (_topic, command) =>
      client.publish(
        'iot/3/result',
        JSON.stringify({ ok: false, command: command.toString(), error: `${attack}${'x'.repeat(500)}` }),
      ),
    );
    await page.getByRole('button', { name: 'LED: on', exact: true }).click();
    await page.locator('.answer', { hasText: attack }).waitFor();
    expect(await page.evaluate('window.hit')).toBeUndefined();
  });

  test('is nothing that an address could say either', async () => {
    const path = '/nothing/<img src=x onerror=window.hit=1>';
    await page.goto(bench.url + path);
    await page.locator('main h1').waitFor();
    expect(await page.evaluate('window.hit')).toBeUndefined();
    expect(await page.locator('main img').count()).toBe(0);
    for (const next of ['javascript:window.hit=1', '//example.org/', '/\\example.org/']) {
      await page.goto(`${bench.url}/login?next=${encodeURIComponent(next)}`);
      await page.locator('main h1').waitFor();
      expect(new URL(page.url()).host).toBe(new URL(bench.url).host);
      expect(await page.locator(`a[href^="javascript:"], a[href*="example.org"]`).count()).toBe(0);
    }
  });
});
