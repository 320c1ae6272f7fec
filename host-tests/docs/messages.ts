/** What the firmware can say, to compare what the pages show with: made by its own steps, not by a copy of them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../build/root';
import { Effect } from '../../shared/effects';
import { kitJson, newKit, step, Cause, KitEventType, type KitState } from '../../shared/kit';
import { Reason, reasonText } from '../../shared/link';
import { greeting, messageText, telemetryJson } from '../../shared/messages';

/** The kit of the examples, in the room that `npm start` begins with. */
export const kitNumber = 2;
const room = { light: 512, temperature: 240, humidity: 450 };
const lamp = { holdMs: 10_000, darkBelow: 300, brightFrom: 320 };
const causes: Record<string, Cause> = {
  boot: Cause.Boot,
  command: Cause.Command,
  dusk: Cause.Dusk,
  'hold-over': Cause.HoldOver,
};

/** The only texts that are not made in shared/. */
const device = join(root, 'device');
export const boardSource = readdirSync(device)
  .filter((file) => /(?<!\.d)\.ts$/.test(file) && file !== 'loader.ts')
  .map((file) => readFileSync(join(device, file), 'utf8'))
  .join('\n');

export interface Published {
  /** The rest of the topic behind `iot/2`. */
  topic: string;
  payload: string;
}

export interface Sent {
  /** `lamp/set`, or empty on `iot/2` itself. */
  set: string;
  payload: string;
}

/** Everything that a command can bring, whatever the kit has been through; a reading that it asks for fails or not. */
export function answersTo({ set, payload }: Sent): Published[] {
  const answers: Published[] = [];
  for (const lit of [0, 1])
    for (const temperature of [room.temperature, NaN])
      for (const retained of [0, 1])
        for (const [waiting, safe] of [
          ['', 0],
          ['11111111', 0],
          ['', 1],
        ] as const) {
          const kit: KitState = { ...newKit(kitNumber, lamp, 10_000, safe), ...room, temperature };
          if (lit && !safe) kit.lampMs = lamp.holdMs;
          kit.led = safe ? 0 : lit;
          kit.asked = waiting;
          kit.restMs = waiting ? 0 : kit.restMs;
          const act = (effect: Effect, value?: number | string, text?: string) => {
            if (effect === Effect.Result) answers.push({ topic: '/result', payload: String(value) });
            if (effect === Effect.Reply) answers.push({ topic: `/${value}`, payload: text! });
          };
          const size = Buffer.byteLength(payload);
          step(kit, { type: KitEventType.Command, set, payload, size, retained }, act);
          // What others wait for is no answer to this command, and in safe mode nothing is read.
          if (waiting || safe) continue;
          const humidity = isNaN(temperature) ? NaN : room.humidity;
          kit.failures = 5;
          step(kit, { type: KitEventType.Reading, temperature, humidity }, act);
        }
  return answers;
}

/** Why a connection may have ended, `code N` for codes of CONNACK that have no name. */
export function reasons(): string[] {
  const all = [];
  for (let reason: number = Reason.None + 1; reason <= Reason.Refused + 5; reason++)
    if (reason !== Reason.Refused) all.push(anyCode(reasonText(reason)));
  return [...new Set(all)];
}

export function anyCode(reason: string): string {
  return reason.replace(/code \d+$/, 'code N');
}

/** Whether the kit says this unasked: what it would say with the same values is the same text. */
export function isSpontaneous({ topic, payload }: Published): boolean {
  if (topic === '') return payload === greeting + kitNumber;
  if (topic === '/status') return boardSource.includes(`'${payload}'`);
  if (topic === '/state') return payload === stateAgain(JSON.parse(payload));
  if (topic === '/telemetry') return payload === telemetryAgain(JSON.parse(payload));
  if (topic === '/message') return payload === messageAgain(payload);
  return topic === '/result' && isEvent(payload);
}

function stateAgain(said: Record<string, string | number | boolean>): string {
  const kit = newKit(kitNumber, lamp, 10_000, 0);
  kit.lampMs = Number(said['remaining']) * 1000;
  kit.cause = causes[String(said['cause'])]!;
  kit.led = said['led'] === 'ON' ? 1 : 0;
  kit.dark = said['dark'] ? 1 : 0;
  const about = ['board', 'version', 'ip', 'mac'].map((key) => `,"${key}":"${said[key]}"`);
  return kitJson(kit, about.join('') + '}');
}

function telemetryAgain(said: Record<string, number>): string {
  const kit = newKit(kitNumber, lamp, 10_000, 0);
  kit.temperature = tenthsOf(said['temperatureC']);
  kit.humidity = tenthsOf(said['humidityPct']);
  kit.light = said['light']!;
  const text = telemetryJson(kit, {
    rssiDbm: said['rssiDbm'],
    uptimeS: said['uptimeS']!,
    freeVars: said['freeVars']!,
    reconnects: said['reconnects']!,
    boot: said['boot']!,
    sequence: said['seq']!,
  });
  if (said['ageMs'] === undefined) return text;
  return boardSource.includes(`',"ageMs":' + `) ? `${text.slice(0, -1)},"ageMs":${said['ageMs']}}` : '';
}

function messageAgain(text: string): string {
  const [light, temperature, humidity] = text.match(/nan|-?\d+(\.\d+)?/g) ?? [];
  return messageText(Number(light), tenthsOf(temperature), tenthsOf(humidity));
}

function tenthsOf(value: number | string | undefined): number {
  return value === undefined || value === 'nan' ? NaN : Math.round(Number(value) * 10);
}

/** Events are put together in device/: their beginnings and their keys stand there. */
function isEvent(payload: string): boolean {
  const said = JSON.parse(payload) as Record<string, unknown>;
  const beginnings = [...boardSource.matchAll(/'(\{"ok":[^']*)'/g)].map(([, text]) => text!);
  return (
    beginnings.some((text) => payload.startsWith(text)) &&
    Object.keys(said).every((key) => boardSource.includes(`"${key}":`)) &&
    (said['reason'] === undefined || reasons().includes(anyCode(String(said['reason']))))
  );
}
