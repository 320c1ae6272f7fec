import { stripVTControlCharacters } from 'node:util';
import { crc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { BoardSlot } from '../../../cli/board-console';
import { readBootCount } from '../../../cli/doctor/boot-count';
import { linkFinding } from '../../../cli/doctor/broker';
import { nodeFinding } from '../../../cli/doctor/computer';
import type { Finding } from '../../../cli/doctor/finding';
import { bootFinding, firmwareFinding, kitFinding, loaderFinding } from '../../../cli/doctor/flash-content';
import { chipFinding, memoryFinding, versionFinding } from '../../../cli/doctor/interpreter';
import { connectedFinding, scannedFinding } from '../../../cli/doctor/radio';
import { findingLines, summaryOf } from '../../../cli/doctor/report';
import { kitJson } from '../../../cli/kit-config';
import { usualSettings } from '../../support/kit-image';

const settings = usualSettings('esp8266');
const said = ({ verdict, text }: Finding): string => `${verdict}: ${text}`;

describe('Node.js', () => {
  it.each([
    ['v20.19.0', 'ok: Node.js 20.19.0'],
    ['v24.1.0', 'ok: Node.js 24.1.0'],
    ['v20.18.1', 'wrong: Node.js 20.18.1'],
    ['v18.20.0', 'wrong: Node.js 18.20.0'],
  ])('%s where 20.19 is the least', (version, text) => {
    expect(said(nodeFinding(version, '>=20.19'))).toBe(text);
  });
});

describe('the interpreter', () => {
  it.each([
    ['2v29', 'ESP8266_4MB', 'ok: Espruino 2v29 (ESP8266_4MB)'],
    ['2v29.277', 'ESP32', 'ok: Espruino 2v29.277 (ESP32)'],
    ['3v00', 'ESP32', 'ok: Espruino 3v00 (ESP32)'],
    ['2v28', 'ESP32', 'warning: Espruino 2v28 (ESP32): older than what Lamplighter was tried on'],
    ['1v99', 'ESP32', 'warning: Espruino 1v99 (ESP32): older than what Lamplighter was tried on'],
    [
      '2v29',
      'ESP8266_BOARD',
      'wrong: Espruino 2v29 in its build for 512 kB of flash, which crashes on reading from flash',
    ],
  ])('%s for %s', (version, build, text) => {
    expect(said(versionFinding(version, build))).toBe(text);
  });

  it('is on the chip that kit.config.ts says, or is not', () => {
    expect(said(chipFinding('ESP8266_4MB', '5ccf7f00-0002', settings))).toBe(
      'ok: NodeMCU, as kit.config.ts says of kit 2',
    );
    expect(chipFinding('ESP32', '', settings)).toEqual({
      subject: 'board',
      verdict: 'wrong',
      text: 'ESP32 DevKit, and kit.config.ts says of kit 2: NodeMCU',
      advice: "set board: 'esp32' for kit 2, or name another kit with --kit",
    });
    expect(chipFinding('PICO_R1_3', '', settings).verdict).toBe('warning');
    expect(chipFinding('ESP32', '5ccf7f00-0002', undefined).verdict).toBe('unknown');
  });

  it('has variables to spare, or few', () => {
    expect(said(memoryFinding(1012, 1600))).toBe('ok: 1012 of 1600 variables free');
    expect(said(memoryFinding(150, 1600))).toBe('warning: 150 of 1600 variables free');
  });
});

describe('the slots', () => {
  const bundle = 'firmware';
  const slot = (name: BoardSlot['name'], sequence: number, changes: Partial<BoardSlot> = {}): BoardSlot => ({
    name,
    header: { sequence, length: 15_464, crc: crc32(bundle) },
    intact: true,
    abandoned: false,
    ...changes,
  });
  const empty = (name: BoardSlot['name']): BoardSlot => ({ name, intact: false, abandoned: false });

  it.each<[string, BoardSlot[], string]>([
    ['one', [slot('fw0', 1), empty('fw1')], 'ok: 0.1.0 in fw0, sequence 1, 15,464 bytes, verified'],
    [
      'the newer of two',
      [slot('fw0', 3), slot('fw1', 4)],
      'ok: 0.1.0 in fw1, sequence 4, 15,464 bytes, verified',
    ],
    [
      'the older when the newer is damaged',
      [slot('fw0', 3), slot('fw1', 4, { intact: false })],
      'ok: 0.1.0 in fw0, sequence 3, 15,464 bytes, verified',
    ],
    [
      'the older when the newer was given up',
      [slot('fw0', 3), slot('fw1', 4, { abandoned: true })],
      'warning: 0.1.0 in fw0, sequence 3, 15,464 bytes, verified; fw1 given up',
    ],
    [
      'one that was given up when there is no other',
      [slot('fw0', 3, { abandoned: true }), empty('fw1')],
      'wrong: 0.1.0 in fw0, sequence 3, 15,464 bytes, verified, crashes and there is no other',
    ],
    ['none', [empty('fw0'), slot('fw1', 1, { intact: false })], 'wrong: none of fw0 and fw1 is good'],
  ])('%s runs', (_, slots, text) => {
    expect(said(firmwareFinding(slots, '0.1.0', bundle))).toBe(text);
  });

  it('hold the firmware that was built here, or another', () => {
    const slots = [slot('fw0', 1), empty('fw1')];
    expect(said(firmwareFinding(slots, undefined, 'changed'))).toBe(
      'warning: unknown version in fw0, sequence 1, 15,464 bytes, verified, is not the one in dist/firmware.js',
    );
    expect(firmwareFinding(slots, undefined, undefined).verdict).toBe('ok');
  });

  it('hold what kit.config.ts says, or something else', () => {
    const body = kitJson(settings);
    const slots = [
      slot('kit0', 1, { header: { sequence: 1, length: body.length, crc: crc32(body) } }),
      empty('kit1'),
    ];
    expect(kitFinding(slots, settings).verdict).toBe('ok');
    expect(said(kitFinding(slots, { ...settings, telemetryMs: 20_000 }))).toMatch(
      /^warning: .* differs from what kit\.config\.ts says for kit 2$/,
    );
    expect(kitFinding(slots, undefined).verdict).toBe('unknown');
    expect(kitFinding([empty('kit0'), empty('kit1')], settings).verdict).toBe('wrong');
  });
});

describe('the boot code', () => {
  it.each([
    [['.bootcde', 'fw0'], 'ok: the loader is the boot code'],
    [['fw0'], 'wrong: no boot code: nothing starts by itself'],
    [
      ['.bootcde', '.bootrst', '.boot0'],
      "wrong: another program's .bootrst, .boot0 run before the loader, or instead of it",
    ],
  ])('among %j', (files, text) => {
    expect(said(loaderFinding(files))).toBe(text);
  });
});

describe('the boots', () => {
  const file = (base: number, pairs: string): string =>
    (String(base).padStart(8, '0') + pairs).padEnd(264, '\xff');

  it.each<[string, string[], ReturnType<typeof readBootCount>]>([
    ['none', ['', ''], undefined],
    ['a file that holds no boot yet', [file(0, ''), ''], undefined],
    ['the first, running', [file(0, '0\xff'), ''], { boot: 1, crashes: 0, wentWell: false }],
    ['the third, well', [file(0, '010\xff11'), ''], { boot: 3, crashes: 1, wentWell: true }],
    [
      'in the second file',
      [file(0, '01'.repeat(128)), file(128, '010\xff')],
      { boot: 130, crashes: 0, wentWell: false },
    ],
    [
      'in the first file again',
      [file(256, '4\xff'), file(128, '01'.repeat(128))],
      { boot: 257, crashes: 4, wentWell: false },
    ],
    ['a base that was not written to its end', ['0000\xff\xff\xff\xff'.padEnd(264, '\xff'), ''], undefined],
  ])('%s', (_, files, count) => {
    expect(readBootCount(files)).toEqual(count);
  });

  it('that crashed are told, and safe mode is wrong', () => {
    expect(said(bootFinding({ boot: 7, crashes: 0, wentWell: false }, false))).toBe(
      'ok: boot 7, no crash before it',
    );
    expect(said(bootFinding({ boot: 7, crashes: 3, wentWell: true }, false))).toBe(
      'warning: boot 7: 3 in a row before it crashed, this one went well',
    );
    expect(said(bootFinding({ boot: 7, crashes: 5, wentWell: false }, true))).toBe(
      'wrong: boot 7: safe mode after too many crashes, the outputs stay off',
    );
    expect(said(bootFinding(undefined, false))).toBe('ok: no boot counted yet');
  });
});

describe('WiFi', () => {
  it('is told with its strength', () => {
    expect(said(connectedFinding('10.0.0.2', 'caf\xc3\xa9', -50))).toBe('ok: on "café" as 10.0.0.2, -50 dBm');
    expect(connectedFinding('10.0.0.2', 'home', -85).verdict).toBe('warning');
    expect(said(connectedFinding('10.0.0.2', undefined, undefined))).toBe('ok: on a network as 10.0.0.2');
  });

  it.each([
    [[{ ssid: 'home', dbm: -60 }], 'ok: not connected; the board sees "home" at -60 dBm'],
    [[{ ssid: 'home', dbm: -90 }], 'warning: not connected; the board sees "home" at -90 dBm'],
    [
      [
        { ssid: 'home', dbm: undefined },
        { ssid: 'phone', dbm: -70 },
      ],
      'ok: not connected; the board sees "phone" at -70 dBm',
    ],
    [[{ ssid: 'home', dbm: undefined }], 'wrong: the board sees 4 networks, and "home" is not among them'],
    [[{ ssid: 'home', hidden: true, dbm: undefined }], 'unknown: "home": hidden networks cannot be seen'],
  ])('that is not connected is looked for: %j', (wanted, text) => {
    expect(said(scannedFinding(4, wanted))).toBe(text);
  });
});

it('the link is what the kit has left at the broker', () => {
  const state = '{"lamp":"OFF","ip":"192.168.0.42"}';
  expect(
    said(
      linkFinding(
        2,
        new Map([
          ['status', 'online'],
          ['state', state],
        ]),
      ),
    ),
  ).toBe('ok: kit 2 is online as 192.168.0.42');
  expect(said(linkFinding(2, new Map([['status', 'safe-mode']])))).toBe('warning: kit 2 says safe-mode');
  expect(said(linkFinding(2, new Map()))).toBe('unknown: kit 2 has said nothing on iot/2/status');
});

describe('the report', () => {
  it('puts the advice beneath', () => {
    const lines = findingLines({ subject: 'wifi', verdict: 'wrong', text: 'nothing', advice: 'wait' });
    expect(lines.map(stripVTControlCharacters)).toEqual([
      'wrong     wifi      nothing',
      '                    -> wait',
    ]);
  });

  it('ends with what was counted', () => {
    const finding = (verdict: Finding['verdict']): Finding => ({ subject: 'node', verdict, text: '' });
    expect(summaryOf([finding('ok')])).toBe('All is well.');
    expect(summaryOf([finding('wrong'), finding('warning'), finding('warning'), finding('unknown')])).toBe(
      '1 wrong, 2 warnings, 1 not seen; the rest is well.',
    );
  });
});
