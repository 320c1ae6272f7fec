import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { ensureDashboard } from '../../../build/dashboard';
import { Broker } from '../../../gateway/broker';
import { slotHeaderLength } from '../../../shared/slots';
import { createStorage, type Flash } from '../../../simulator';
import { chromiumPath, haveChromium, launch, phone, picture } from '../../browser/support/chromium';
import { HostNetwork } from '../../../simulator/network';
import { commandLine, Run } from '../../cli/running';
import { bundle } from '../../support/kit-image';
import { framingError, occupy, plugInto, refuse, unplug } from './browser-serial';
import { UsbBoard } from './usb-board';

const describeInBrowser = haveChromium() ? describe : describe.skip;

let browser: Browser;
let broker: Broker;
let folder: string;
let config: string;
const runs: Run[] = [];
const boards: UsbBoard[] = [];

/** `lamplighter flash --ui`, and the address that it prints. */
async function served(): Promise<string> {
  const run = new Run(process.execPath, commandLine(['flash', '--ui', '--config', config]));
  runs.push(run);
  return (await run.until(/^ {2}(http:\/\/127\.0\.0\.1:\d+\/flash#token=\S+)$/m))[1]!;
}

interface Opened {
  page: Page;
  complaints: string[];
}

/** A page with a board on USB, unless it is to be a browser without Web Serial. */
async function openPage(
  address: string,
  { board, ...options }: BrowserContextOptions & { board?: UsbBoard } = {},
): Promise<Opened> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 860 },
    locale: 'en-GB',
    ...options,
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  if (board) await plugInto(page, board);
  else await page.addInitScript(() => Reflect.deleteProperty(Navigator.prototype, 'serial'));
  await page.goto(address);
  return { page, complaints };
}

/** A board in whose network every name leads to this computer. */
function plugIn(): UsbBoard {
  const board = new UsbBoard({ network: new HostNetwork({ lookup: (_name, done) => done('127.0.0.1') }) });
  boards.push(board);
  return board;
}

function body(flash: Flash, name: string): string | undefined {
  return createStorage(flash).read(name)?.slice(slotHeaderLength);
}

beforeAll(async () => {
  if (!chromiumPath) return;
  await ensureDashboard();
  browser = await launch();
  broker = new Broker({ port: 0 });
  await broker.start();
  folder = mkdtempSync(join(tmpdir(), 'lamplighter-browser-'));
  config = join(folder, 'kit.config.ts');
  const found = { host: 'broker.home', port: broker.port };
  const file = {
    networks: [{ ssid: 'home', password: 'correct horse' }],
    broker: found,
    kits: [{ kit: 2 }, { kit: 3 }],
  };
  writeFileSync(config, `export default ${JSON.stringify(file)};\n`);
});

afterEach(async () => {
  for (const context of browser?.contexts() ?? []) await context.close();
  for (const { board } of boards.splice(0)) board.powerOff();
  for (const run of runs.splice(0)) {
    run.signal('SIGINT');
    await run.exit;
  }
});

afterAll(async () => {
  await browser?.close();
  await broker?.stop();
  if (folder) rmSync(folder, { recursive: true });
});

describeInBrowser('the flash page in Chromium', () => {
  test('a new board is flashed from the browser and is online; then there is nothing to write', async () => {
    const board = plugIn();
    const { page, complaints } = await openPage(await served(), { board });
    const choose = page.getByRole('button', { name: 'Choose the board …' });
    await choose.waitFor();
    expect(page.url()).not.toContain('token');
    await picture(page, 'flash-1-ready');
    await choose.click();
    await page.getByRole('heading', { name: 'This is the board' }).waitFor();
    await expect.poll(() => page.getByText('Espruino 2v29 (ESP8266_4MB)').isVisible()).toBe(true);
    expect(await page.getByRole('button', { name: 'Flash', exact: true }).isDisabled()).toBe(true);
    await page.getByLabel('It is to be').selectOption({ label: 'kit 3 (nodemcu)' });
    await picture(page, 'flash-2-found');
    await page.getByRole('button', { name: 'Flash', exact: true }).click();
    await page.getByText(/^(?:[3-9]\d) % written$/).waitFor();
    await picture(page, 'flash-3-writing');
    await page
      .getByText(/^Kit 3 is flashed \([\d,]+ bytes\), verified and online\.$/)
      .waitFor({ timeout: 30_000 });
    await picture(page, 'flash-4-done');
    expect(body(board.flash, 'fw0')).toBe(bundle('firmware'));
    expect(await page.getByRole('region', { name: 'The board says' }).innerText()).toMatch(
      /Lamplighter \S+, boot 1, .*\nlink: online as kit_3, /,
    );
    await page.getByRole('button', { name: 'Flash another board' }).click();
    await page.getByRole('button', { name: 'Flash', exact: true }).click();
    await page.getByText('Nothing to write: the board is kit 3 as it is to be.').waitFor();
    expect(complaints).toEqual([]);
  });

  test('a board that is pulled out while it is written is told of in Korean, on a phone-sized page, and boots what it ran', async () => {
    const first = plugIn();
    const address = await served();
    const { page } = await openPage(address, {
      board: first,
      ...phone,
      locale: 'ko-KR',
      colorScheme: 'dark',
    });
    await page.getByRole('button', { name: '보드 고르기 …' }).click();
    await page.getByRole('combobox').selectOption('2');
    await picture(page, 'flash-5-found-ko-phone');
    await page.getByRole('button', { name: '굽기', exact: true }).click();
    await page.getByText(/^[3-9]\d % 씀$/).waitFor();
    await framingError(page);
    await unplug(page);
    first.board.powerOff();
    await page.getByText('보드와의 연결이 끊겼습니다. 뽑혔나요?').waitFor();
    await page.getByText('보드는 전에 부팅하던 것으로 부팅합니다.').waitFor();
    await picture(page, 'flash-6-unplugged-ko-phone');
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(phone.viewport!.width);
    // It was new, and what it has got is in a slot that counts for nothing.
    expect(createStorage(first.flash).read('fw0')?.[24]).toBe('\xff');
    expect(createStorage(first.flash).read('.bootcde')).toBeUndefined();
  });

  test('no port chosen, a port that is in use, a policy that forbids it: each in words, and tried again', async () => {
    const { page } = await openPage(await served(), { board: plugIn() });
    const alert = page.getByRole('alert');
    const attempt = async (button: string): Promise<string> => {
      await page.getByRole('button', { name: button }).click();
      return alert.innerText();
    };
    await refuse(page, 'NotFoundError');
    expect(await attempt('Choose the board …')).toMatch(
      /No port was chosen\.[\s\S]*Nothing was written to the board\./,
    );
    await refuse(page, 'SecurityError');
    await expect
      .poll(() => attempt('Try again'))
      .toMatch(/The browser does not allow this page to use serial ports\./);
    await refuse(page, undefined);
    await occupy(page, true);
    await expect
      .poll(() => attempt('Try again'))
      .toMatch(/The port cannot be opened\. Either another program/);
    await picture(page, 'flash-7-in-use');
    await occupy(page, false);
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('heading', { name: 'This is the board' }).waitFor();
    await page.getByRole('button', { name: 'Leave it as it is' }).click();
    await page.getByRole('button', { name: 'Choose the board …' }).waitFor();
  });

  test('a browser without Web Serial shows the address for another one, and has not used it up', async () => {
    const address = await served();
    const without = await openPage(address);
    await without.page.getByText(/^This browser has no Web Serial/).waitFor();
    expect(await without.page.locator('pre').innerText()).toBe(address);
    await picture(without.page, 'flash-8-no-web-serial');

    const board = plugIn();
    const { page } = await openPage(address, { board });
    await page.getByRole('button', { name: 'Choose the board …' }).waitFor();
    // The page that has the key keeps it when it is loaded anew; another page with the same address gets nothing.
    await page.reload();
    await page.getByRole('button', { name: 'Choose the board …' }).waitFor();
    const second = await openPage(address, { board: plugIn() });
    await second.page.getByText(/^This page cannot get at what is to be flashed\./).waitFor();
    await picture(second.page, 'flash-9-used-address');
  });
});
