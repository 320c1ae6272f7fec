import { request } from '../../../network/bench/message';
import { byteLiteral } from '../../engine/byte-literal';
import type { EngineForm } from '../../engine/interpreter';
import { dht22Frame } from '../../engine/prelude';
import { hostCaller } from '../../support/caller';
import { hostReceiver, type ReportedBy } from '../../support/receiver';
import { countInstructions, type Bundles, type Run } from './counted-run';

/** Something that a kit does again and again, and what it may cost. */
export interface Operation {
  title: string;
  /** Instructions on the interpreter's 32-bit size-optimised form. */
  goal?: number;
  /** The same with a firmware of Espruino's stock modules MQTT, DHT22 and SSD1306. */
  stock?: number;
  measure(form: EngineForm, bundles: Bundles): Promise<number>;
}

/** Longer than any run lasts on the board's clock, ms. */
const never = 36_000_000;
/** Passes in which an acknowledgement is read and what follows from it is done. */
const restPasses = 16;
/** So often that is waited for an answer of the echo. */
const answerWaits = 30;

/** A firmware may look at the clock only at every so many ticks: so many come at once. */
const ticks = 'for($i=0;$i<10;$i++)$tik()';

export const operations: Operation[] = [
  { title: 'cds, with its reply and its result', goal: 400_000, stock: 1_133_000, measure: command(['cds']) },
  {
    title: 'LED/ON or LED/OFF, with state and result',
    goal: 350_000,
    stock: 760_000,
    measure: command(['LED/ON', 'LED/OFF'], ['state', 'result']),
  },
  { title: 'a tick, above an empty timer', goal: 49_000, stock: 75_300, measure: tick },
  {
    title: 'telemetry: DHT22, both texts, OLED, one ping',
    goal: 4_100_000,
    stock: 5_417_000,
    measure: telemetry,
  },
  { title: 'a report by HTTP, above its telemetry', measure: report('http') },
  { title: 'a report by TCP, above its telemetry', measure: report('tcp') },
  { title: 'a report by UDP, above its telemetry', measure: report('udp') },
  { title: 'a question of the echo by UDP', measure: echo('udp') },
  { title: 'a question of the echo by TCP', measure: echo('tcp') },
  { title: 'a reconnect', measure: reconnect },
];

/** A difference of two runs: what both have in common, the idle passes too, falls out. */
async function difference(times: number, run: (times: number) => Promise<number>): Promise<number> {
  const few = await run(times);
  return ((await run(3 * times)) - few) / (2 * times);
}

function command(payloads: string[], answers = ['result']): Operation['measure'] {
  return (form, bundles) =>
    difference(4, (times) =>
      countInstructions(form, bundles, { times, passes: 600 }, never, async ({ broker, kit, passes }) => {
        for (let i = 0; i < times; i++) {
          const before = answers.map((name) => broker.count(name));
          const payload = payloads[i % payloads.length]!;
          broker.send({ cmd: 'publish', topic: `iot/${kit}`, payload, qos: 0, dup: false, retain: false });
          await answered({ broker }, () => answers.every((name, at) => broker.count(name) > before[at]!));
          await passes(restPasses);
        }
      }),
    );
}

async function tick(form: EngineForm, bundles: Bundles): Promise<number> {
  const ofTicks = (call: string) =>
    difference(20, (times) =>
      countInstructions(
        form,
        bundles,
        { each: `if($n>=200&&$n<200+$N){$T+=0.1;${call}}`, times, passes: 320 },
        never,
        async ({ broker, kit, passes }) => {
          // Whatever arrives puts off the next keep-alive ping.
          broker.send({
            cmd: 'publish',
            topic: `iot/${kit}`,
            payload: 'cds',
            qos: 0,
            dup: false,
            retain: false,
          });
          await answered({ broker }, () => broker.count('result') > 0);
          await passes(restPasses);
        },
      ),
    );
  return (await ofTicks('$tik()')) - (await ofTicks('$nop()'));
}

/** Ten seconds go by at once: ticks that ask for a reading, for telemetry and for a ping. */
async function telemetry(form: EngineForm, bundles: Bundles): Promise<number> {
  const frames = [dht22Frame(24.5, 45.1), dht22Frame(-18.9, 67.3)].map(byteLiteral).join(':');
  const each = `if($n%64==0&&$n/64<$N){$dht=$n&64?${frames};$T+=10;${ticks}}`;
  return difference(2, (times) =>
    countInstructions(form, bundles, { each, times, passes: 448 }, 10_000, async ({ broker }) => {
      const before = broker.count('telemetry');
      await answered({ broker }, () => broker.count('telemetry') >= before + times - 1);
    }),
  );
}

/** The same with a server that takes the reading, and without. */
function report(by: ReportedBy): Operation['measure'] {
  const frame = byteLiteral(dht22Frame(24.5, 45.1));
  const each = `if($n%96==0&&$n/96<$N){$dht=${frame};$T+=10;${ticks}}`;
  const ofTelemetry = (form: EngineForm, bundles: Bundles, reporting: boolean) =>
    difference(2, async (times) => {
      const { receiver, settings, close } = await hostReceiver(by, () => Date.now());
      const plan = { each, times, passes: 672 };
      const operate = async ({ broker }: Run): Promise<void> => {
        const before = broker.count('telemetry');
        await answered({ broker }, () => broker.count('telemetry') >= before + times - 1);
      };
      try {
        return await countInstructions(
          form,
          bundles,
          plan,
          10_000,
          operate,
          reporting ? { report: settings } : {},
        );
      } finally {
        close();
        if (reporting && receiver.readings.length < times) throw new Error('the kit did not report');
      }
    });
  return async (form, bundles) =>
    (await ofTelemetry(form, bundles, true)) - (await ofTelemetry(form, bundles, false));
}

/** A question of a hundred bytes, and its answer. */
function echo(by: 'udp' | 'tcp'): Operation['measure'] {
  return (form, bundles) =>
    difference(4, async (times) => {
      const caller = await hostCaller();
      const plan = { times, passes: 600 };
      const operate = async ({ passes }: Run): Promise<void> => {
        const call = caller.connect();
        const answers = () => (by === 'udp' ? caller.datagrams.length : call.received.length / 100);
        for (let i = 0; i < times; i++) {
          if (by === 'udp') caller.send(request(i, 100));
          else call.write(request(i, 100));
          for (let waits = 0; answers() <= i; waits++) {
            if (waits > answerWaits) throw new Error('the echo did not answer');
            await passes(restPasses);
          }
        }
        call.hangUp();
      };
      try {
        return await countInstructions(form, bundles, plan, never, operate, { echo: caller.ports });
      } finally {
        caller.close();
      }
    });
}

/** The broker ends the session right after a ping, so that it happens at the same time in every run. */
async function reconnect(form: EngineForm, bundles: Bundles): Promise<number> {
  const each = `if($n%48==0){$T+=2;${ticks}}`;
  return difference(1, (times) =>
    countInstructions(form, bundles, { each, times, passes: 48 * 40 }, never, async ({ broker }) => {
      const pings = () => broker.packets.filter(({ cmd }) => cmd === 'pingreq').length;
      for (let i = 0; i < times; i++) {
        const pinged = pings();
        await answered({ broker }, () => pings() > pinged);
        broker.drop();
        const online = broker.count('status');
        await answered({ broker }, () => broker.count('status') > online);
      }
    }),
  );
}

async function answered({ broker }: Pick<Run, 'broker'>, fact: () => boolean): Promise<void> {
  if (!(await broker.until(fact, 120_000))) throw new Error('the kit did not answer');
}
