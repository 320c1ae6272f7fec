/**
 * Reports over HTTP, TCP or UDP, beside MQTT or in its place: made from one place and only when kit.json asks for them, so that a
 * kit without them has no variable for it. Handlers note what has happened, and `look` does what follows, flat.
 */
import type { KitState } from '../shared/kit';
import { Phase, type LinkState } from '../shared/link';
import type { Health } from '../shared/messages';
import type { Outbox } from '../shared/outbox';
import {
  batchMax,
  httpOutcome,
  keepReading,
  newReport,
  nextJson,
  pauseMsMax,
  requestHead,
  stepReport,
  tcpOutcome,
  Outcome,
  ReportStep,
} from '../shared/report';
import type { ReportSettings } from '../shared/settings';
import { tickMsMax } from './limits';
import { wifi } from './wifi';

/** Takes a reading; returns 1 when it is not to be published as well. */
export type Reporter = (health: Health) => number;

/** One of the two. */
type AnySocket = Socket & DatagramSocket;

/** How far an attempt has come. */
const enum Stage {
  None,
  Resolving,
  Ping,
  Pinging,
  Open,
  Opening,
  Sending,
  Answering,
}

/** An attempt is looked at so often, ms; what MQTT and the display have to do comes first. */
const lookMs = 250;
/** Longest and shortest time between two looks while there is none, ms. */
const restMsMax = 10_000;
const restMsMin = 1_000;
/** Bytes of an answer that are kept: it begins with what it says. */
const answerMax = 64;
/** Five pings, half a second between them: an ESP32 sends them all, however soon the first is answered. */
const pingsMs = 3_000;
/** The port of kit 0: an ESP8266 sends only from a bound socket, and virtual boards share a computer. */
const udpPort = 20_000;

export function newReporter(
  settings: ReportSettings,
  kit: KitState,
  link: LinkState,
  outbox: Outbox,
): Reporter {
  const state = newReport();
  const http = settings.by === 'http' ? 1 : 0;
  const udp = settings.by === 'udp' ? 1 : 0;
  const host = settings.host;
  const port = settings.port;
  const login = settings.user ? btoa(settings.user + ':' + (settings.password || '')) : '';
  const alone = settings.mqtt === false ? 1 : 0;
  // What is named here lives as long as the functions below.
  settings = undefined as never;
  /** Of the host; empty until its name is looked up. */
  let address = '';
  let stage: Stage = Stage.None;
  let outcome: number = Outcome.None;
  let answer = '';
  let socket: AnySocket | undefined;
  /** 1 when the socket takes what is written. */
  let writable = 0;
  /** Readings of the batch that were written. */
  let written = 0;
  /** Thousandths of a second on the board's clock when it first had a network: by chance, and never the same for long. */
  let born = 0;
  /** 1 when the host is tried although it answers no ping. */
  let deaf = 0;
  let timer = 0;
  let lastS = getTime();

  const begin = function (): void {
    if (!born) born = Math.round(getTime() * 1000) % 1_000_000;
    stage = Stage.Ping;
    writable = 0;
    if (socket) {
      stage = Stage.Opening;
      writable = 1;
    }
    // An address; ESP32 2v29 cannot but leave a name to the connection.
    if (host[0]! <= '9' || (link.blocking && process.version === '2v29')) address = host;
    if (address) return;
    stage = Stage.Resolving;
    wifi.getHostByName(host, function (ip) {
      if (stage !== Stage.Resolving) return;
      if (ip) {
        address = ip;
        stage = Stage.Ping;
      } else outcome = Outcome.Failed;
    });
  };

  const dial = function (): void {
    // A name cannot be pinged, and a datagram needs no connection.
    const sure = !link.blocking || udp || deaf || address[0]! > '9';
    if (stage === Stage.Ping) stage = sure ? Stage.Open : Stage.Pinging;
    if (stage === Stage.Pinging)
      wifi.ping(address, function (reply) {
        if (stage !== Stage.Pinging) return;
        if (reply.timeoutCount < reply.totalCount) stage = Stage.Open;
        else {
          outcome = Outcome.Failed;
          // Some hosts never answer one: at last they are tried without.
          if (state.pauseMs === pauseMsMax) deaf = 1;
        }
      });
    if (stage !== Stage.Open) return;
    // It was lit meanwhile.
    if (link.blocking && kit.lampMs > 0) {
      outcome = Outcome.Later;
      return;
    }
    stage = Stage.Opening;
    try {
      if (udp) {
        socket = require('dgram').createSocket('udp4') as AnySocket;
        socket.bind(udpPort + kit.kit);
        writable = 1;
        return;
      }
      socket = require('net').connect({ host: address, port }) as AnySocket;
      socket.on('drain', function () {
        writable = 1;
        if (stage !== Stage.Sending) return;
        clearTimeout(timer);
        look();
      });
      socket.on('data', function (data) {
        if (answer.length < answerMax) answer += data.substr(0, answerMax);
      });
      socket.on('close', function () {
        socket = undefined;
      });
    } catch {
      outcome = Outcome.Failed;
    }
  };

  /** Writes the next piece: the head with the first reading, or another reading. */
  const write = function (): void {
    if (stage === Stage.Opening) {
      stage = Stage.Sending;
      written = 0;
      state.sentMs = state.clockMs;
      if (!state.batch) state.batch = http ? Math.min(state.queue.length, batchMax) : 1;
    }
    writable = 0;
    let text = nextJson(state, written, kit.kit, BOOT);
    if (http) {
      const name = host + ':' + port;
      text = (written ? ',' : requestHead(state, name, login, kit.kit, BOOT, born) + '[') + text;
    }
    if (++written === state.batch) {
      stage = Stage.Answering;
      if (!udp) text += http ? ']' : '\n';
    }
    try {
      if (udp) {
        socket!.send(text, port, address);
        outcome = Outcome.Ok;
      } else socket!.write(text);
    } catch {
      outcome = Outcome.Failed;
    }
  };

  const finish = function (step: ReportStep): void {
    const failed = step === ReportStep.Kept;
    if (socket && (http || failed)) {
      try {
        if (udp) socket.close();
        else {
          // Its events are none of the next one's.
          socket.removeAllListeners();
          socket.end();
        }
      } catch {
        // It is closed already.
      }
      socket = undefined;
    }
    if (step !== ReportStep.Taken && outcome !== Outcome.Later) {
      const said = outcome > Outcome.Later ? ' answers ' + outcome : ' does not answer';
      const next = failed
        ? '; next attempt in ' + Math.round(state.leftMs / 1000) + ' s'
        : ': readings dropped';
      print('report: ' + host + ':' + port + said + next);
      if (failed) address = '';
      if (failed && stage > Stage.Pinging) deaf = 0;
    }
    if (link.blocking && http && state.leftMs < pingsMs) state.leftMs = pingsMs;
    stage = Stage.None;
    outcome = Outcome.None;
    answer = '';
  };

  const look = function (): void {
    // The number of a timer that is over may be another's by now.
    timer = 0;
    // Nothing draws, parses or sends while the DHT22 is read.
    if (!kit.sampling) {
      const nowS = getTime();
      const ms = Math.round((nowS - lastS) * 1000);
      lastS = nowS;
      if (stage && !outcome) {
        if (answer) outcome = http ? httpOutcome(answer) : tcpOutcome(answer);
        if (!outcome && (!link.wifi || (stage >= Stage.Opening && !socket))) outcome = Outcome.Failed;
      }
      // The chip knows but one callback for a name, and one for pings: the link's goes first.
      const clear = link.phase !== Phase.Resolve && link.phase !== Phase.Ping;
      // A lit lamp could not be switched off while a connect blocks, nor while a name is looked up for a datagram.
      const dark = clear && !(link.blocking && kit.lampMs > 0);
      const ready = link.wifi && ((socket && address[0]! <= '9') || dark) ? 1 : 0;
      const open = http && socket ? 1 : 0;
      const step = stepReport(state, ms < 0 ? 0 : Math.min(ms, tickMsMax), ready, outcome, open);
      if (step === ReportStep.Begin) begin();
      if (step > ReportStep.Begin) finish(step);
      if (stage === Stage.Ping || stage === Stage.Open) dial();
      if (writable && (stage === Stage.Opening || stage === Stage.Sending)) /*@__NOINLINE__*/ write();
      outbox.dropped += state.dropped;
      state.dropped = 0;
    }
    if (state.queue.length) {
      const restMs = Math.max(Math.min(state.leftMs, restMsMax), restMsMin);
      timer = setTimeout(look, stage || kit.sampling ? lookMs : restMs);
    }
  };

  return function (health) {
    const ms = Math.round((getTime() - lastS) * 1000);
    keepReading(state, kit, health, ms < 0 ? 0 : Math.min(ms, tickMsMax));
    if (!timer) timer = setTimeout(look, lookMs);
    return alone;
  };
}
