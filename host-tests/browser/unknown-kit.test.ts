import { connectAsync, type MqttClient } from 'mqtt';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { haveChromium, launch, open } from './support/chromium';
import { GatewayBench } from './support/gateway-bench';
import { mark } from './support/in-page';

describe.skipIf(!haveChromium())('the page of a kit that was never heard of', () => {
  let bench: GatewayBench;
  let browser: Browser;
  let page: Page;
  let client: MqttClient;
  let complaints: string[];

  beforeAll(async () => {
    bench = await GatewayBench.start();
    client = await connectAsync({ host: '127.0.0.1', port: bench.mqttPort });
    browser = await launch();
    ({ page, complaints } = await open(browser, `${bench.url}/iot/77`));
    await page.locator('.pill[data-link=open]').waitFor();
  });

  afterAll(async () => {
    await client?.endAsync();
    await browser?.close();
    await bench?.stop();
    expect(complaints).toEqual([]);
  });

  test('says so, and what to look at; it knows no values and offers nothing to set', async () => {
    await page
      .getByText(
        'Kit 77 has said nothing yet. Is it switched on, and does its kit.config.ts name this broker?',
      )
      .waitFor();
    expect(await page.title()).toContain('Kit 77');
    expect(await page.locator('.page-head .badge').textContent()).toBe('Not heard from yet');
    for (const name of ['temperature', 'humidity', 'light'])
      expect(await page.locator(`.tiles [data-value=${name}] dd`).textContent()).toBe('–no value');
    expect(await page.getByRole('heading', { name: 'Configuration' }).count()).toBe(0);
    expect(await page.getByText('No message has come yet.').count()).toBe(1);
  });

  test('does not become known by that it was looked at', async () => {
    const { kits } = (await (await fetch(`${bench.url}/api/kits`)).json()) as { kits: unknown[] };
    expect(kits).toEqual([]);
    expect((await fetch(`${bench.url}/api/sensors/kit_77`)).status).toBe(404);
  });

  test('fills by itself when the kit says its first word', async () => {
    const isMarked = await mark(page);
    await client.publishAsync('iot/77/status', 'online');
    await client.publishAsync('iot/77/telemetry', '{"temperatureC":19.5,"humidityPct":51,"light":300}');
    await expect.poll(() => page.locator('.tiles [data-value=temperature] dd').textContent()).toBe('19.5 °C');
    expect(await page.locator('.page-head .badge').textContent()).toBe('Online');
    await page.getByRole('heading', { name: 'Configuration' }).waitFor();
    expect(await isMarked()).toBe(true);
  });

  test('and a page that is opened after that has the messages from before', async () => {
    const topics = (of: Page) => of.locator('.message-scroll tbody td:nth-child(2)').allTextContents();
    const second = await open(browser, `${bench.url}/iot/77`);
    await expect.poll(() => topics(second.page)).toEqual(['iot/77/telemetry', 'iot/77/status']);
  });
});
