import { mkdtempSync, readFileSync, rmSync, watch } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import { afterEach, describe, expect, it } from 'vitest';
import { oledHeight, oledWidth } from '../../simulator';
import { pictureText } from '../../simulator/parts/picture-text';
import { commandLine, listening, startLine, TerminalRun } from './running';

const runs: TerminalRun[] = [];

function run(args: string[], env?: NodeJS.ProcessEnv): TerminalRun {
  const run = new TerminalRun(process.execPath, commandLine(args), 100, 40, env);
  runs.push(run);
  return run;
}

afterEach(async () => {
  for (const run of runs.splice(0)) {
    run.signal('SIGKILL');
    await run.exit;
  }
});

describe('start in a terminal', () => {
  it('shows the display, obeys keys, adapts to the size and leaves everything as it was', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'lamplighter-'));
    const png = join(folder, 'oled-2.png');
    const start = run(startLine('--mqtt-port', '0', '--boards', '2', '--png', join(folder, 'oled.png')));
    const watcher = watch(folder, () => start.look());
    const [, port] = await start.until(/broker 127\.0\.0\.1:(\d+)/);
    await start.until(/Link {2}online/);
    // What the terminal shows is what the picture shows.
    await start.untilTrue(() => {
      const picture = brailleOf(png);
      return picture.some((row) => /[^\u2800]/.test(row)) &&
        picture.every((row) => start.text().includes(row))
        ? true
        : undefined;
    }, 'the picture on the screen');

    start.press('2');
    await start.until(/Boards {2}2 \[3\]\n.*kit 3 /);
    start.press('\t');
    await start.until(/Boards \[2\] 3 *\n.*kit 2 /);

    start.press('bddd');
    await start.until(/Light 312/);
    start.press('d');
    await start.until(/Lamp {2}ON \d+ s +by dusk/);
    start.press('wh');
    await start.until(/Temp {2}24\.5 °C/);
    await start.until(/Humid 47\.0 %/);
    start.press('x');
    await start.until(/WiFi {2}cut/);
    start.press('x');
    await start.until(/WiFi {2}on/);
    start.press('s');
    await start.until(/Link {2}none +broker off/);
    expect(await listening(Number(port))).toBe(false);
    start.press('s');
    await start.until(/Link {2}(?!none)/);
    start.press('r');
    await start.until(/kit 2 reset: /);
    start.press('?');
    await start.until(/Any key goes back/);
    start.resize(50, 12);
    start.press(' ');
    await start.until(/^Boards .*\nLamplighter kit 2 · virtual NodeMCU · broker 127\.…\n/);

    expect(start.terminal.modes.get(1049)).toBe(true);
    start.press('\x03');
    expect(await start.exit).toBe(0);
    expectRestored(start);
    expect(await listening(Number(port))).toBe(false);
    watcher.close();
    rmSync(folder, { recursive: true });
  });

  it('restores the terminal when it is asked to end by a signal', async () => {
    const start = run(startLine('--mqtt-port', '0'));
    await start.until(/Lamp {2}off/);
    start.signal('SIGTERM');
    expect(await start.exit).toBe(0);
    expectRestored(start);
  });

  it('restores the terminal before an error of its own is printed', async () => {
    const start = new TerminalRun(process.execPath, ['--import', 'tsx', 'host-tests/cli/failing-view.ts']);
    runs.push(start);
    expect(await start.exit).not.toBe(0);
    expectRestored(start);
    expect(start.text()).toContain('Error: as an unforeseen error would');
  });

  it('prints plain lines in a CI job, which may have a terminal but has no reader', async () => {
    const start = run(startLine('--mqtt-port', '0'), { CI: 'true' });
    await start.until(/Ctrl-C ends/);
    expect(start.terminal.modes.get(1049)).toBe(false);
    // Not in raw mode: the terminal itself turns the key into a signal.
    start.press('\x03');
    expect(await start.exit).toBe(0);
  });
});

function expectRestored({ terminal }: TerminalRun): void {
  expect(Object.fromEntries(terminal.modes)).toEqual({ 7: true, 25: true, 1049: false, 2026: false });
}

/** The rows of the picture as the view shows them; the file has four by four points for each pixel, all but black when lit. */
function brailleOf(file: string): string[] {
  const { width, data } = PNG.sync.read(readFileSync(file));
  const pixels = Uint8Array.from({ length: oledWidth * oledHeight }, (_, at) => {
    const point = 4 * (Math.floor(at / oledWidth) * 4 * width + (at % oledWidth) * 4);
    return data[point]! + data[point + 1]! + data[point + 2]! > 0 ? 1 : 0;
  });
  return pictureText(pixels, oledWidth, oledHeight, 'braille').split('\n');
}
