import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { haveChromium, launch, open, picture } from './support/chromium';
import { GatewayBench } from './support/gateway-bench';
import { mark } from './support/in-page';

describe.skipIf(!haveChromium())('a gateway that was stopped', () => {
  let bench: GatewayBench;
  let browser: Browser;

  beforeAll(async () => {
    bench = await GatewayBench.start();
    browser = await launch();
  });

  afterAll(async () => {
    await browser?.close();
    await bench?.stop();
  });

  test('is missed and said to be, asked for again by itself, and then all is as before', async () => {
    const board = await bench.addKit();
    const { page } = await open(browser, `${bench.url}/iot/1`);
    await page.locator('.badge', { hasText: 'Online' }).waitFor();
    const isMarked = await mark(page);

    await bench.stopGateway();
    await page.locator('.banner', { hasText: 'The connection to the gateway is lost.' }).waitFor();
    await page.locator('.banner', { hasText: /Trying again/ }).waitFor();
    expect(await page.locator('.pill[data-link]').getAttribute('data-link')).not.toBe('open');
    expect(await page.getByRole('status').first().textContent()).toContain('is lost');
    // It says that it is of no use now; whoever presses it nevertheless is told why.
    await page.getByRole('button', { name: 'LED: on', exact: true }).click({ force: true });
    await page.getByText('LED: on: not sent, there is no connection to the gateway.').waitFor();
    await picture(page, 'connection-lost');

    await bench.startGateway();
    await page.locator('.pill[data-link=open]').waitFor({ timeout: 30_000 });
    expect(await page.locator('.banner').count()).toBe(0);
    expect(await page.getByRole('status').first().textContent()).toBe('Connected to the gateway.');
    await page.locator('.badge', { hasText: 'Online' }).waitFor({ timeout: 30_000 });
    await page.getByRole('button', { name: 'LED: on', exact: true }).click();
    await page.getByText('The LED is on.').waitFor();
    expect(board.led.lit).toBe(true);
    // Its messages are watched again, too.
    await page.locator('.message-scroll tr', { hasText: 'LED/ON' }).first().waitFor();
    expect(await isMarked()).toBe(true);
    await page.context().close();
  });
});
