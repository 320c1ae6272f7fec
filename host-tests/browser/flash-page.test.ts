import { randomBytes } from 'node:crypto';
import { chromium } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { Credentials } from '../../gateway/credentials';
import { chromiumPath, haveChromium, picture } from './support/chromium';
import { GatewayBench } from './support/gateway-bench';

describe.skipIf(!haveChromium())('the flash page of a gateway', () => {
  test('does not flash: it says why, and which command does', async () => {
    const gateway = await GatewayBench.start({ flags: { hostName: 'pi.home' } });
    const credentials = await Credentials.load(gateway.credentials, { now: Date.now, random: randomBytes });
    await credentials.add('teacher', 'correct horse battery', { role: 'controller' });
    await gateway.stopGateway();
    await gateway.startGateway();
    // A Pi's name, as far as the browser knows.
    const elsewhere = await chromium.launch({
      executablePath: chromiumPath!,
      args: ['--no-sandbox', '--disable-dev-shm-usage', '--host-resolver-rules=MAP pi.home 127.0.0.1'],
    });
    try {
      const page = await elsewhere.newPage({ locale: 'en-GB' });
      const logIn = async (): Promise<void> => {
        await page.getByLabel('User').fill('teacher');
        await page.getByLabel('Password').fill('correct horse battery');
        await page.getByLabel('Password').press('Enter');
      };
      await page.goto(`${gateway.url.replace('127.0.0.1', 'pi.home')}/flash`);
      await logIn();
      await page.getByText(/only when the page comes over https or from this very computer/).waitFor();
      expect(await page.locator('pre').innerText()).toBe('npx lamplighter flash --ui');
      await picture(page, 'flash-10-gateway-without-https');
      await page.goto(`${gateway.url}/flash`);
      await logIn();
      await page.getByText(/^This gateway does not hand out what a board is flashed with/).waitFor();
      expect(await page.locator('pre').innerText()).toBe('npx lamplighter flash --ui');
      // Not even to who has logged in.
      for (const path of ['/api/flash/files', '/api/flash/key']) {
        expect((await page.request.get(gateway.url + path)).status(), path).toBe(404);
      }
    } finally {
      await elsewhere.close();
      await gateway.stop();
    }
  });
});
