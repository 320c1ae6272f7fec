import { randomBytes } from 'node:crypto';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Credentials } from '../../gateway/credentials';
import { haveChromium, launch, open, phone, picture } from './support/chromium';
import { GatewayBench } from './support/gateway-bench';

describe.skipIf(!haveChromium())('a gateway that is open to the network', () => {
  let bench: GatewayBench;
  let browser: Browser;

  beforeAll(async () => {
    // A name that was given for this computer means that a proxy lets others in: the login is the same.
    bench = await GatewayBench.start({ flags: { hostName: 'lamplighter.example' } });
    const credentials = await Credentials.load(bench.credentials, { now: Date.now, random: randomBytes });
    await credentials.add('teacher', 'correct horse battery', { role: 'controller' });
    await credentials.add('thermometer', 'only for reporting', { role: 'sensor' });
    await bench.stopGateway();
    await bench.startGateway();
    browser = await launch();
  });

  afterAll(async () => {
    await browser?.close();
    await bench?.stop();
  });

  test('asks who it is first, leads on to the page that was wanted, and lets go again', async () => {
    const { page } = await open(browser, `${bench.url}/iot/2`);
    await page.getByRole('heading', { name: 'Log in' }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/login');
    await picture(page, 'login');

    await page.getByLabel('User').fill('teacher');
    await page.getByLabel('Password').fill('wrong horse');
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByRole('alert').getByText('This user with this password is not known.').waitFor();

    await page.getByLabel('User').fill('thermometer');
    await page.getByLabel('Password').fill('only for reporting');
    await page.getByLabel('Password').press('Enter');
    await page.getByRole('alert').getByText('This user may not use the dashboard.').waitFor();

    await page.getByLabel('User').fill('teacher');
    await page.getByLabel('Password').fill('correct horse battery');
    await page.getByLabel('Password').press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Kit 2' }).waitFor();
    await page.locator('.pill[data-link=open]').waitFor();

    await page.getByRole('button', { name: 'Log out' }).click();
    await page.getByRole('heading', { name: 'Log in' }).waitFor();
    await page.goto(bench.url);
    await page.getByRole('heading', { name: 'Log in' }).waitFor();
    await page.context().close();
  });

  test('asks again, without a page being loaded, when the session has ended', async () => {
    const { page } = await open(browser, `${bench.url}/login?next=%2Fiot%2F3`, phone);
    await page.getByLabel('User').fill('teacher');
    await page.getByLabel('Password').fill('correct horse battery');
    await page.getByLabel('Password').press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Kit 3' }).waitFor();
    await page.locator('.pill[data-link=open]').waitFor();
    // Sessions live in the memory of the gateway.
    await bench.stopGateway();
    await page.locator('.banner').waitFor();
    await bench.startGateway();
    await page.getByRole('heading', { name: 'Log in' }).waitFor({ timeout: 30_000 });
    expect(page.url()).toBe(`${bench.url}/login?next=%2Fiot%2F3`);
    await page.context().close();
  });
});
