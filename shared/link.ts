/**
 * The link: WiFi, TCP and the MQTT session as one pure step that never gives up. Every phase has
 * its own deadline; every failure ends in a pause that doubles from 1 s to 60 s with jitter.
 */
import { Effect, type Act } from './effects';

/** In the order in which they follow each other; `Effect.Enter` starts what a phase waits for. */
export const enum Phase {
  /** Between attempts. */
  Pause,
  /** Associating with a network. */
  Join,
  /** Associated, waiting for an address. */
  Address,
  Resolve,
  Ping,
  Open,
  /** CONNECT sent. */
  Login,
  /** SUBSCRIBE sent. */
  Subscribe,
  Online,
}

/** Why the last attempt or session ended; up to `NoSuback` the number of the phase whose deadline passed. */
export const enum Reason {
  None,
  NoNetwork,
  NoAddress,
  NoName,
  NoPing,
  NoConnection,
  NoConnack,
  NoSuback,
  NoPingresp,
  WifiLost,
  Closed,
  Malformed,
  SubscriptionRefused,
  Twin,
  /** CONNACK return codes 1..5 are added to this. */
  Refused,
}

export interface LinkState {
  phase: Phase;
  /** Deadline of the phase, or the rest of the pause, ms. */
  leftMs: number;
  /** 1 while WiFi has an address. */
  wifi: number;
  /** Number of networks, and the one in use. */
  networkCount: number;
  network: number;
  /** Upper end of the next pause, ms. */
  backoffMs: number;
  /** Failed attempts in a row since WiFi came up. */
  failures: number;
  /** Time since the last packet from the broker, ms. */
  quietMs: number;
  /** Time since CONNACK, ms. */
  stableMs: number;
  /** Sessions that were closed soon after CONNACK, since the last that stood for a minute. */
  soon: number;
  reason: Reason;
  /** Time since the last session ended, ms, and sessions before the present one. */
  offlineMs: number;
  reconnects: number;
  /** 1 on a chip whose connect blocks all JS: look before connecting, and never while the lamp is lit. */
  blocking: number;
  /** Ping is unanswered and tried without: 1 once the broker was reached so, 2 while it is tried. */
  deaf: number;
  /** State of the generator of the jitter, 0..65535. */
  seed: number;
}

export const enum LinkEventType {
  /** `value` ms since the tick before. */
  Tick,
  Associated,
  /** WiFi has an address. */
  Address,
  /** WiFi says that it is disconnected. */
  Dropped,
  /** The broker's name is resolved; `value` 0 when it could not be. */
  Resolved,
  /** The ping's answer; `value` 0 for none. */
  Pinged,
  Opened,
  /** The socket is closed or could not be opened. */
  Closed,
  /** CONNACK; `value` is its return code. */
  Connack,
  /** SUBACK; `value` is 1 when a filter was refused. */
  Suback,
  /** Bytes that no broker may send. */
  Malformed,
}

export interface LinkEvent {
  type: LinkEventType;
  value: number;
  /** 1 while the lamp is lit. */
  lit: number;
}

/** [MQTT-3.1.2-24] the broker waits one and a half keep-alive periods. */
export const keepAliveS = 30;
/** A quarter of the keep-alive: a half-open connection is found by an unanswered ping. */
const pingMs = 7_500;
const deadMs = 30_000;
/** Longest pause between attempts: a home router needs about a minute to reboot. */
export const backoffMsMax = 60_000;
const backoffMsMin = 2_000;
/** A session that stood this long forgives the failures before it. */
const stableMs = 60_000;
/** A session closed within this time after CONNACK counts as taken over by a twin. */
const soonMs = 5_000;
const twinAt = 3;
/** Deadlines: for WiFi or TCP to connect, for short answers, and for the broker's, which may be slow. */
const attemptMs = 20_000;
const shortMs = 15_000;
const answerMs = 30_000;
/** How long an association that was dropped may still succeed by itself. */
const droppedMs = 5_000;
/** Failed attempts to reach the broker after which WiFi is restarted, with the next network. */
const failuresMax = 4;

export function newLink(networkCount: number, blocking: number, seed: number): LinkState {
  return {
    phase: Phase.Pause,
    leftMs: 1,
    wifi: 0,
    networkCount,
    network: 0,
    backoffMs: backoffMsMin,
    failures: 0,
    quietMs: 0,
    stableMs: 0,
    soon: 0,
    reason: Reason.None,
    offlineMs: 0,
    reconnects: -1,
    blocking,
    deaf: 0,
    seed,
  };
}

/**
 * A seed for the jitter, 0..65535 (65536 would stay as it is), from MAC and kit number. Espruino's own generator starts with
 * the same number on every board, so that a classroom would retry in step.
 */
export function seedOf(mac: string, kit: number): number {
  let seed = kit;
  for (let i = 0; i < mac.length; i++) seed = (seed * 31 + mac.charCodeAt(i)) % 65536;
  return seed;
}

/** What happened to the link. The board calls the three functions below itself, since a call costs by the length of the text. */
export function stepLink(state: LinkState, event: LinkEvent, act: Act): void {
  if (event.type === LinkEventType.Tick) {
    if (state.phase === Phase.Online) stayOnline(state, event.value, act);
    else tickLink(state, event.value, event.lit, act);
  } else takeLinkEvent(state, event.type, event.value, event.lit, act);
}

/** `ms` have passed online. */
export function stayOnline(state: LinkState, ms: number, act: Act): void {
  const quietMs = (state.quietMs += ms);
  state.stableMs += ms;
  if (quietMs >= pingMs) {
    if (quietMs >= deadMs) fail(state, Reason.NoPingresp, act);
    else if (quietMs % pingMs < ms) act(Effect.Pingreq);
  }
}

/** `ms` have passed in any other phase; `lit` is not 0 while the lamp is lit. */
export function tickLink(state: LinkState, ms: number, lit: number, act: Act): void {
  const phase = state.phase;
  state.offlineMs += ms;
  state.leftMs -= ms;
  // Espruino's `connected` event is not sent when the link exists already.
  if (phase === Phase.Join || phase === Phase.Address) act(Effect.CheckAddress);
  if (state.leftMs > 0) return;
  if (phase === Phase.Ping) return takeLinkEvent(state, LinkEventType.Pinged, 0, lit, act);
  if (phase !== Phase.Pause) return fail(state, phase, act);
  // A lit lamp could not be switched off while a connect blocks.
  if (!state.blocking || !lit) enter(state, state.wifi ? Phase.Resolve : Phase.Join, act);
}

/** Any event but a tick. */
export function takeLinkEvent(
  state: LinkState,
  type: LinkEventType,
  value: number,
  lit: number,
  act: Act,
): void {
  const phase = state.phase;
  if (type === LinkEventType.Address) {
    state.wifi = 1;
    if (phase === Phase.Join || phase === Phase.Address) enter(state, Phase.Resolve, act);
    return;
  }
  if (type === LinkEventType.Dropped) {
    state.wifi = 0;
    if (phase > Phase.Address) return fail(state, Reason.WifiLost, act);
    // The chip may still retry by itself; ESP32 gives up, and then waiting longer is in vain.
    if (phase !== Phase.Pause) state.leftMs = Math.min(state.leftMs, droppedMs);
    return;
  }
  if (type === LinkEventType.Malformed && phase >= Phase.Open) return fail(state, Reason.Malformed, act);
  if (type === LinkEventType.Closed && phase >= Phase.Open)
    return fail(state, phase === Phase.Open ? phase : Reason.Closed, act);
  if (type === LinkEventType.Associated && phase === Phase.Join) return enter(state, Phase.Address, act);
  if (type === LinkEventType.Resolved && phase === Phase.Resolve) {
    if (!value) return fail(state, phase, act);
    return enter(state, state.blocking ? Phase.Ping : Phase.Open, act);
  }
  if (type === LinkEventType.Pinged && phase === Phase.Ping) {
    // Some hosts never answer one.
    if (!value && !state.deaf && state.failures < failuresMax - 1) return fail(state, phase, act);
    if (lit) {
      state.phase = Phase.Pause;
      state.leftMs = 1;
      return;
    }
    if (!value) state.deaf |= 2;
    return enter(state, Phase.Open, act);
  }
  if (type === LinkEventType.Opened && phase === Phase.Open) return enter(state, Phase.Login, act);
  if (type === LinkEventType.Connack && phase === Phase.Login) {
    if (value) return fail(state, Reason.Refused + value, act);
    if (state.deaf) state.deaf = 1;
    return enter(state, Phase.Subscribe, act);
  }
  if (type === LinkEventType.Suback && phase === Phase.Subscribe) {
    if (value) return fail(state, Reason.SubscriptionRefused, act);
    state.failures = 0;
    state.reconnects++;
    enter(state, Phase.Online, act);
  }
}

function enter(state: LinkState, phase: Phase, act: Act): void {
  state.phase = phase;
  state.quietMs = 0;
  state.leftMs =
    phase >= Phase.Login ? answerMs : phase === Phase.Join || phase === Phase.Open ? attemptMs : shortMs;
  act(Effect.Enter, phase);
}

function fail(state: LinkState, reason: number, act: Act): void {
  const phase = state.phase;
  if (phase >= Phase.Open) act(Effect.Close);
  if (phase === Phase.Online) state.offlineMs = 0;
  if (state.stableMs >= stableMs) {
    state.backoffMs = backoffMsMin;
    state.soon = state.network = 0;
  }
  if (
    phase >= Phase.Subscribe &&
    reason === Reason.Closed &&
    state.stableMs < soonMs &&
    ++state.soon >= twinAt
  )
    reason = Reason.Twin;
  state.stableMs = 0;
  if (state.deaf > 1) state.deaf = 0;
  if (phase <= Phase.Address || ++state.failures >= failuresMax) {
    state.failures = state.wifi = 0;
    state.network = (state.network + 1) % state.networkCount;
    act(Effect.Leave);
  }
  state.seed = (state.seed * 75 + 74) % 65537;
  const half = state.backoffMs / 2;
  state.leftMs = Math.round(half + (half * state.seed) / 65536);
  state.backoffMs = Math.min(state.backoffMs * 2, backoffMsMax);
  if (reason === Reason.Twin) state.leftMs += backoffMsMax;
  state.reason = reason;
  state.phase = Phase.Pause;
  act(Effect.Failed);
}

/** What a `Reason` says to people. */
export function reasonText(reason: Reason): string {
  if (reason === Reason.None) return 'starting';
  if (reason === Reason.NoNetwork) return 'network not found or wrong password';
  if (reason === Reason.NoAddress) return 'no address from the network';
  if (reason === Reason.NoName) return 'the name of the broker is not known';
  if (reason === Reason.NoPing) return 'the host of the broker does not answer ping';
  if (reason === Reason.NoConnection) return 'no connection to the broker';
  if (reason === Reason.NoConnack) return 'the broker does not answer CONNECT';
  if (reason === Reason.NoSuback) return 'the broker does not answer SUBSCRIBE';
  if (reason === Reason.NoPingresp) return 'the broker fell silent';
  if (reason === Reason.WifiLost) return 'WiFi lost';
  if (reason === Reason.Closed) return 'closed by the broker';
  if (reason === Reason.Malformed) return 'malformed packet from the broker';
  if (reason === Reason.SubscriptionRefused) return 'subscription refused';
  if (reason === Reason.Twin) return 'another client uses the same client id';
  if (reason === Reason.Refused + 2) return 'client id refused by the broker';
  if (reason === Reason.Refused + 4) return 'wrong user name or password for the broker';
  if (reason === Reason.Refused + 5) return 'not authorised by the broker';
  return 'refused by the broker, code ' + (reason - Reason.Refused);
}
