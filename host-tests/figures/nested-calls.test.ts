import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { chapters } from '../conformance/cases';
import { reportWireCases } from '../conformance/cases/reports';
import { wireCases } from '../conformance/cases/wire';
import { VirtualBench } from '../support/virtual-bench';
import { deepest, instrumentedFirmware } from './instrumented';
import { instrument, nestedCallsMax } from './nested-calls';

const cases = [...chapters.flatMap(({ cases }) => cases), ...wireCases, ...reportWireCases];

test.each(['esp8266', 'esp32'] as const)(
  `no event takes more than ${nestedCallsMax} nested calls, whatever the conformance cases do on an %s`,
  async (chip) => {
    const firmware = await instrumentedFirmware();
    let worst: string[] = [];
    for (const { given, run } of cases) {
      const bench = new VirtualBench(chip, { ...given, firmware: firmware.code });
      await bench.start(given);
      // What the recorder prints is no line of the kit's own, which is all that a case may look at beside its parts.
      await run(bench).catch(() => undefined);
      const path = deepest(firmware, bench.console);
      if (path.length > worst.length) worst = path;
    }
    expect(worst.length).toBeGreaterThan(3);
    expect(worst.length > nestedCallsMax ? worst.join(' > ') : '').toBe('');
  },
);

/** The deepest path of a program that the host runs. */
function pathOf(program: string): string[] {
  const instrumented = instrument(program);
  const lines: string[] = [];
  runInNewContext(instrumented.code, { console: { log: (line: string) => lines.push(line) } });
  return deepest(instrumented, lines);
}

test('functions of the bundle count, one of the runtime at the tip does not', () => {
  const program = 'function a(){return b(1)}function b(x){return Math.max(x,2)}a();';
  expect(pathOf(program)).toEqual(['the bundle itself', 'a', 'b']);
});

test('one of the runtime that calls back counts below what it calls', () => {
  const program = 'const f=()=>isNaN(1);function a(){[1].forEach(function(){f()})}a();';
  expect(pathOf(program)).toEqual(['the bundle itself', 'a', '.forEach()', 'a function', 'a function']);
});

test('calls beside each other do not nest, nor does one within the arguments of another', () => {
  const program = 'function a(x){return x}function b(){return a(a(1))+a(2)}b();';
  expect(pathOf(program)).toEqual(['the bundle itself', 'b', 'a']);
});

test('a function that throws has ended', () => {
  const program = 'function a(){throw 1}function b(){try{a()}catch(e){}try{a()}catch(e){}}b();';
  expect(pathOf(program)).toEqual(['the bundle itself', 'b', 'a']);
});
