import { once } from 'node:events';
import { createSocket } from 'node:dgram';
import { connect } from 'node:net';
import { connectAsync } from 'mqtt';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { haveChromium, launch, open, picture } from './support/chromium';
import { GatewayBench } from './support/gateway-bench';
import { mark } from './support/in-page';

interface Stored {
  readings: unknown[];
}

describe.skipIf(!haveChromium())('a reading that any client publishes', () => {
  let bench: GatewayBench;
  let browser: Browser;
  let page: Page;
  let complaints: string[];
  let isMarked: () => Promise<boolean>;

  beforeAll(async () => {
    bench = await GatewayBench.start();
    browser = await launch();
    ({ page, complaints } = await open(browser, bench.url));
    await page.getByText('Nothing has reported yet.').waitFor();
    isMarked = await mark(page);
  });

  afterAll(async () => {
    expect(await isMarked()).toBe(true);
    await browser?.close();
    await bench?.stop();
    expect(complaints).toEqual([]);
  });

  const value = (sensor: string, name: string) =>
    page.locator(`[data-sensor="${sensor}"] [data-value="${name}"] dd`).textContent();
  const post = (sensor: string, body: unknown) =>
    fetch(`${bench.url}/api/sensors/${sensor}/data`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });

  test('over MQTT appears on the overview without loading it anew', async () => {
    const client = await connectAsync({ host: '127.0.0.1', port: bench.mqttPort });
    await client.publishAsync(
      'iot/7/telemetry',
      '{"temperatureC":19.5,"humidityPct":51,"light":300,"uptimeS":1}',
    );
    await expect.poll(() => value('kit_7', 'temperature')).toBe('19.5 °C');
    await client.publishAsync(
      'iot/7/telemetry',
      '{"temperatureC":20,"humidityPct":51,"light":300,"uptimeS":2}',
    );
    await expect.poll(() => value('kit_7', 'temperature')).toBe('20.0 °C');
    await client.publishAsync('iot/8/message', 'Light intensity: 512\t Temperature: 25.50\tHumidity: 40.20');
    await expect.poll(() => value('kit_8', 'temperature')).toBe('25.5 °C');
    await client.endAsync();
  });

  test('over TCP', async () => {
    const socket = connect(bench.tcpPort, '127.0.0.1');
    socket.write('{"sensor_id":"desk","value":42,"unit":"lx"}');
    expect(String((await once(socket, 'data'))[0])).toContain('"ok"');
    await expect.poll(() => value('desk', 'value')).toBe('42 lx');
    socket.destroy();
  });

  test('over UDP', async () => {
    const socket = createSocket('udp4');
    socket.send('{"sensor_id":"door","motion_detected":true}', bench.udpPort, '127.0.0.1');
    await expect.poll(() => value('door', 'motion_detected')).toBe('yes');
    socket.close();
  });

  test('over HTTP', async () => {
    expect((await post('greenhouse', { temperature: 31.5, humidity: 80 })).status).toBe(201);
    await expect.poll(() => value('greenhouse', 'temperature')).toBe('31.5 °C');
    await picture(page, 'overview');
  });

  describe('on the page of its sensor', () => {
    const summary = () => page.locator('[data-chart=temperature] .chart-summary').textContent();

    beforeAll(async () => {
      const old = Array.from({ length: 60 }, (_, index) => ({
        timestamp: Date.now() / 1000 - 3000 + index * 30,
        temperature: 10 + index / 10,
      }));
      expect((await post('greenhouse', old)).status).toBe(201);
      // The store writes a tenth of a second later.
      const stored = async () =>
        (await (await fetch(`${bench.url}/api/sensors/greenhouse/data`)).json()) as Stored;
      await vi.waitUntil(async () => (await stored()).readings.length === 61, { timeout: 10_000 });
      await page.getByRole('link', { name: 'greenhouse' }).click();
      await page.getByRole('heading', { level: 1, name: 'greenhouse' }).waitFor();
    });

    test('stands in the chart beside the history from the store', async () => {
      await expect.poll(summary).toBe('lowest 10.0 °C · highest 31.5 °C');
      await page.locator('[data-chart=temperature] canvas').waitFor();
      await post('greenhouse', { temperature: 35 });
      await expect.poll(summary).toBe('lowest 10.0 °C · highest 35.0 °C');
    });

    test('is found again in each stretch of time', async () => {
      for (const range of ['24 h', '7 days', '30 days', '1 h']) {
        await page.getByRole('button', { name: range, exact: true }).click();
        await expect
          .poll(() => page.locator('[data-chart=temperature]').getAttribute('data-state'))
          .toBe('ready');
        await expect.poll(summary).toBe('lowest 10.0 °C · highest 35.0 °C');
      }
    });

    test('is reached in the chart with the arrow keys', async () => {
      const chart = page.getByRole('slider', { name: /^Temperature in the last hour: now 35.0 °C/ });
      await chart.focus();
      await page.keyboard.press('End');
      await expect.poll(summary).toMatch(/^\d\d:\d\d:\d\d · 35.0 °C$/);
      await page.keyboard.press('Home');
      await expect.poll(summary).toMatch(/ · 10.0 °C$/);
      await page.keyboard.press('ArrowRight');
      await expect.poll(summary).toMatch(/ · 10.1 °C$/);
      expect(await chart.getAttribute('aria-valuetext')).toMatch(/ · 10.1 °C$/);
    });

    test('is marked once it lies outside the limits that a person sets', async () => {
      await page.getByLabel('Interval in seconds').fill('0');
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByText('The interval must be a number of seconds above 0.').waitFor();
      await page.getByLabel('Interval in seconds').fill('60');
      await page.getByRole('group', { name: 'Temperature limits' }).getByLabel('at most').fill('30,5');
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByText('Saved.').waitFor();
      await expect.poll(() => page.locator('.tiles .outside').getAttribute('data-value')).toBe('temperature');
      const config = await (await fetch(`${bench.url}/api/sensors/greenhouse/config`)).json();
      expect(config).toEqual({ interval: 60, thresholds: { temperature: { max: 30.5 } } });
      await picture(page, 'sensor');
    });

    test('is handed out as CSV', async () => {
      const download = page.waitForEvent('download');
      await page.getByRole('link', { name: 'All as CSV' }).click();
      expect((await download).suggestedFilename()).toBe('greenhouse.csv');
    });
  });
});
