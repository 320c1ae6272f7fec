import { describe, expect, it } from 'vitest';
import {
  backoffMsMax,
  keepAliveS,
  newLink,
  reasonText,
  seedOf,
  stepLink,
  LinkEventType,
  Phase,
  Reason,
  type LinkState,
} from '../../shared/link';
import { ensure } from '../support/ensure';
import { forSeeds, newRandom } from '../support/random';
import { newRecorder } from '../support/recorder';

/** The composition root counts the link's time in beats of this length, ms. */
const beatMs = 500;

/** A link without a board: what happens to it goes in, what it asks for comes out as lines. */
interface BareLink {
  state: LinkState;
  /** 1 while the lamp is lit. */
  lit: number;
  send(type: LinkEventType, value?: number): string[];
  /** Beats for so long. */
  pass(ms: number): string[];
  /** Beats until the phase changes; how long that took. */
  wait(): number;
}

function newBareLink(networks = 1, blocking = 0, seed = 7): BareLink {
  const state = newLink(networks, blocking, seed);
  const recorder = newRecorder();
  const link: BareLink = {
    state,
    lit: 0,
    send(type, value = 0) {
      stepLink(state, { type, value, lit: link.lit }, recorder.act);
      return recorder.take();
    },
    pass(ms) {
      let lines: string[] = [];
      for (let left = ms; left > 0; left -= beatMs)
        lines = lines.concat(link.send(LinkEventType.Tick, Math.min(left, beatMs)));
      return lines;
    },
    wait() {
      const phase = state.phase;
      let ms = 0;
      for (; state.phase === phase && ms < 1_000_000; ms += beatMs) link.pass(beatMs);
      return ms;
    },
  };
  return link;
}

/** What brings the link from each phase to the next. */
const onward: [Phase, LinkEventType, number][] = [
  [Phase.Join, LinkEventType.Associated, 0],
  [Phase.Address, LinkEventType.Address, 0],
  [Phase.Resolve, LinkEventType.Resolved, 1],
  [Phase.Ping, LinkEventType.Pinged, 1],
  [Phase.Open, LinkEventType.Opened, 0],
  [Phase.Login, LinkEventType.Connack, 0],
  [Phase.Subscribe, LinkEventType.Suback, 0],
];

/** Goes on, with everything answering at once, until the link is in `phase`. */
function reach(link: BareLink, phase: Phase): string[] {
  let lines: string[] = [];
  for (let i = 0; link.state.phase !== phase; i++) {
    if (i > 1_000) throw new Error(`phase ${phase} is never reached, the link stays in ${link.state.phase}`);
    const step = onward.find((candidate) => candidate[0] === link.state.phase);
    lines = lines.concat(step ? link.send(step[1], step[2]) : link.pass(beatMs));
  }
  return lines;
}

function reason(link: BareLink): string {
  return reasonText(link.state.reason);
}

describe('the way up', () => {
  it('goes through WiFi, address, name, connection, CONNECT and SUBSCRIBE', () => {
    const link = newBareLink();
    expect(link.pass(beatMs)).toEqual([`Enter ${Phase.Join}`]);
    expect(link.send(LinkEventType.Associated)).toEqual([`Enter ${Phase.Address}`]);
    expect(link.send(LinkEventType.Address)).toEqual([`Enter ${Phase.Resolve}`]);
    expect(link.send(LinkEventType.Resolved, 1)).toEqual([`Enter ${Phase.Open}`]);
    expect(link.send(LinkEventType.Opened)).toEqual([`Enter ${Phase.Login}`]);
    expect(link.send(LinkEventType.Connack, 0)).toEqual([`Enter ${Phase.Subscribe}`]);
    expect(link.send(LinkEventType.Suback, 0)).toEqual([`Enter ${Phase.Online}`]);
    expect([link.state.reconnects, link.state.wifi, reason(link)]).toEqual([0, 1, 'starting']);
  });

  it('may skip the association: the address can come first', () => {
    const link = newBareLink();
    reach(link, Phase.Join);
    expect(link.send(LinkEventType.Address)).toEqual([`Enter ${Phase.Resolve}`]);
  });

  it.each([Phase.Join, Phase.Address])(
    'asks for the address at each beat of phase %i, since no event may come',
    (phase) => {
      const link = newBareLink();
      reach(link, phase);
      expect(link.pass(3 * beatMs)).toEqual(['CheckAddress', 'CheckAddress', 'CheckAddress']);
    },
  );

  it('starts at the name when WiFi is still up after a failure', () => {
    const link = newBareLink();
    reach(link, Phase.Login);
    link.send(LinkEventType.Closed);
    expect(reach(link, Phase.Online)).toContain(`Enter ${Phase.Resolve}`);
    expect(link.state.wifi).toBe(1);
  });
});

/** [phase, deadline in ms, what it says, whether it leaves WiFi and closes a socket] */
const deadlines: [Phase, number, string, string[]][] = [
  [Phase.Join, 20_000, 'network not found or wrong password', ['Leave']],
  [Phase.Address, 15_000, 'no address from the network', ['Leave']],
  [Phase.Resolve, 15_000, 'the name of the broker is not known', []],
  [Phase.Ping, 15_000, 'the host of the broker does not answer ping', []],
  [Phase.Open, 20_000, 'no connection to the broker', ['Close']],
  [Phase.Login, 30_000, 'the broker does not answer CONNECT', ['Close']],
  [Phase.Subscribe, 30_000, 'the broker does not answer SUBSCRIBE', ['Close']],
  [Phase.Online, 30_000, 'the broker fell silent', ['Close']],
];

describe('a deadline', () => {
  it.each(deadlines)('of phase %i ends it after %i ms: %s', (phase, deadlineMs, text, effects) => {
    const link = newBareLink(1, phase === Phase.Ping ? 1 : 0);
    reach(link, phase);
    link.pass(deadlineMs - beatMs);
    expect(link.state.phase).toBe(phase);
    const lines = link.pass(beatMs);
    expect(link.state.phase).toBe(Phase.Pause);
    expect(lines.filter((line) => line !== 'CheckAddress')).toEqual([...effects, 'Failed']);
    expect(reason(link)).toBe(text);
    expect(link.state.leftMs).toBeGreaterThanOrEqual(1_000);
  });

  it.each(deadlines)(
    'of phase %i is met by a single tick of a minute, after a stall',
    (phase, _deadlineMs, text) => {
      const link = newBareLink(1, phase === Phase.Ping ? 1 : 0);
      reach(link, phase);
      link.send(LinkEventType.Tick, 60_000);
      expect([link.state.phase, reason(link)]).toEqual([Phase.Pause, text]);
    },
  );

  it('starts anew with each phase', () => {
    const link = newBareLink();
    reach(link, Phase.Login);
    link.pass(29_500);
    link.send(LinkEventType.Connack, 0);
    link.pass(29_500);
    expect(link.state.phase).toBe(Phase.Subscribe);
  });
});

/** The pauses after `count` failures of the same kind, each after `lastMs`. */
function pauses(link: BareLink, count: number, lastMs: number): number[] {
  const found: number[] = [];
  for (let i = 0; i < count; i++) {
    reach(link, Phase.Open);
    if (lastMs) link.pass(lastMs);
    link.send(LinkEventType.Closed);
    found.push(link.state.leftMs);
  }
  return found;
}

describe('back-off', () => {
  it('doubles from 1 s to 60 s, and half of it is jitter', () => {
    for (let seed = 0; seed < 65_536; seed += 331) {
      let longest = 2_000;
      for (const ms of pauses(newBareLink(1, 0, seed), 9, 0)) {
        ensure(
          ms >= longest / 2 && ms <= longest,
          `a pause of ${ms} ms, expected half to whole of ${longest}`,
        );
        longest = Math.min(longest * 2, backoffMsMax);
      }
      expect(longest).toBe(60_000);
    }
  });

  it('is waited for to the end before the next attempt', () => {
    const link = newBareLink();
    for (let i = 0; i < 8; i++) {
      const [pauseMs] = pauses(link, 1, 0);
      const waitedMs = link.wait();
      expect(waitedMs).toBeGreaterThanOrEqual(pauseMs);
      expect(waitedMs).toBeLessThan(pauseMs + beatMs);
    }
  });

  it('is no shorter when the failure came faster', () => {
    expect(pauses(newBareLink(), 9, 0)).toEqual(pauses(newBareLink(), 9, 19_000));
  });

  it('begins anew only after a session of a minute', () => {
    for (const [ms, least, most] of [
      [59_000, 15_000, 60_000],
      [60_000, 1_000, 2_000],
    ]) {
      const link = newBareLink();
      pauses(link, 6, 0);
      reach(link, Phase.Online);
      for (let left = ms; left > 0; left -= beatMs) {
        link.pass(beatMs);
        // What the composition root does when bytes arrive.
        link.state.quietMs = 0;
      }
      link.send(LinkEventType.Closed);
      expect(link.state.leftMs).toBeGreaterThanOrEqual(least);
      expect(link.state.leftMs).toBeLessThanOrEqual(most);
    }
  });

  it('differs between two boards, and on one board from time to time', () => {
    const one = pauses(newBareLink(1, 0, seedOf('5c:cf:7f:00:00:01', 2)), 20, 0);
    const other = pauses(newBareLink(1, 0, seedOf('5c:cf:7f:00:00:02', 3)), 20, 0);
    for (let i = 0; i < 20; i++) expect(Math.abs(one[i] - other[i])).toBeGreaterThan(0);
    expect(new Set(one.slice(6)).size).toBe(14);
  });

  it.each([
    ['numbered like their MACs', (i: number) => i],
    ['all given the same number by mistake', () => 2],
  ])('spreads a classroom of boards bought together, %s, over the pause', (_how, kitOf) => {
    // The third pause, 4 to 8 s: 40 boards in 4 s, so that a second holds ten of them on average.
    const third: number[] = [];
    for (let i = 0; i < 40; i++) {
      const mac = '5c:cf:7f:12:34:' + (0x40 + i).toString(16);
      third.push(pauses(newBareLink(1, 0, seedOf(mac, kitOf(i))), 3, 0)[2]);
    }
    for (let from = 4_000; from < 8_000; from += 1_000)
      expect(third.filter((ms) => ms >= from && ms < from + 1_000).length).toBeLessThanOrEqual(20);
    expect(new Set(third).size).toBeGreaterThan(36);
  });
});

describe('the seed of the jitter', () => {
  it('is 0 to 65535 and differs for each MAC and each kit of a classroom', () => {
    const seeds = new Set<number>();
    for (let i = 0; i < 40; i++)
      for (let kit = 1; kit <= 40; kit++) {
        const seed = seedOf('5c:cf:7f:12:34:' + (0x40 + i).toString(16), kit);
        // 65536 is the one number that the generator never leaves.
        ensure(seed >= 0 && seed < 65_536 && seed === Math.floor(seed), `seed ${seed}`);
        seeds.add(seed);
      }
    // Of 1,600 out of 65,536, some 20 meet by chance.
    expect(seeds.size).toBeGreaterThan(1_500);
    expect(new Set([1, 2, 3, 4, 5].map((kit) => seedOf('5c:cf:7f:12:34:56', kit))).size).toBe(5);
    expect(new Set(['0', '1', '2', '3'].map((last) => seedOf('5c:cf:7f:12:34:5' + last, 2))).size).toBe(4);
  });

  it('is never one that the generator does not leave', () => {
    const random = newRandom(1);
    for (let i = 0; i < 200_000; i++) {
      const mac = [0, 0, 0, 0, 0, 0].map(() => random.int(0, 255).toString(16).padStart(2, '0')).join(':');
      ensure(seedOf(mac, random.int(1, 9_999)) < 65_536, `a seed of 65536 for ${mac}`);
    }
  });
});

describe('several networks', () => {
  it('are tried in their order, and over again, each after leaving the one before', () => {
    const link = newBareLink(3);
    const tried: number[] = [];
    for (let i = 0; i < 7; i++) {
      reach(link, Phase.Join);
      tried.push(link.state.network);
      expect(link.pass(20_000)).toContain('Leave');
    }
    expect(tried).toEqual([0, 1, 2, 0, 1, 2, 0]);
  });

  it('are gone through also when the address is missing', () => {
    const link = newBareLink(2);
    reach(link, Phase.Address);
    expect(link.pass(15_000)).toContain('Leave');
    reach(link, Phase.Join);
    expect(link.state.network).toBe(1);
  });

  it('are tried from the first one again once a session stood for a minute', () => {
    const link = newBareLink(3);
    for (const _network of [0, 1]) {
      reach(link, Phase.Join);
      link.pass(20_000);
    }
    reach(link, Phase.Online);
    expect(link.state.network).toBe(2);
    for (let i = 0; i < 120; i++) {
      link.pass(beatMs);
      link.state.quietMs = 0;
    }
    link.send(LinkEventType.Dropped);
    reach(link, Phase.Join);
    expect(link.state.network).toBe(0);
  });

  it('are left after four failures to reach the broker, not before, and the next is joined', () => {
    const link = newBareLink(2);
    const lines: string[] = [];
    for (let i = 0; i < 4; i++) {
      expect(lines).not.toContain('Leave');
      reach(link, Phase.Open);
      expect(link.state.network).toBe(0);
      lines.push(...link.send(LinkEventType.Closed));
    }
    expect(lines.filter((line) => line === 'Leave')).toHaveLength(1);
    reach(link, Phase.Join);
    expect(link.state.network).toBe(1);
  });

  it('that are only one are left and joined again after four failures', () => {
    const link = newBareLink();
    pauses(link, 4, 0);
    expect(link.state.wifi).toBe(0);
    expect(reach(link, Phase.Online)).toContain(`Enter ${Phase.Join}`);
  });

  it('are not left for failures that a session lies between', () => {
    const link = newBareLink(2);
    for (let i = 0; i < 10; i++) {
      // The end of the session is the third.
      pauses(link, 2, 0);
      reach(link, Phase.Online);
      expect(link.pass(30_000)).not.toContain('Leave');
    }
    expect(link.state.network).toBe(0);
  });
});

describe('a refusal', () => {
  it.each([
    [1, 'refused by the broker, code 1'],
    [2, 'client id refused by the broker'],
    [3, 'refused by the broker, code 3'],
    [4, 'wrong user name or password for the broker'],
    [5, 'not authorised by the broker'],
    [255, 'refused by the broker, code 255'],
  ])('with CONNACK %i is named: %s', (code, text) => {
    const link = newBareLink();
    reach(link, Phase.Login);
    expect(link.send(LinkEventType.Connack, code)).toEqual(['Close', 'Failed']);
    expect(reason(link)).toBe(text);
  });

  it('of the subscription ends the session', () => {
    const link = newBareLink();
    reach(link, Phase.Subscribe);
    expect(link.send(LinkEventType.Suback, 1)).toEqual(['Close', 'Failed']);
    expect([reason(link), link.state.reconnects]).toEqual(['subscription refused', -1]);
  });

  it.each([Phase.Open, Phase.Login, Phase.Subscribe, Phase.Online])(
    'by garbage in phase %i ends the session',
    (phase) => {
      const link = newBareLink();
      reach(link, phase);
      expect(link.send(LinkEventType.Malformed)).toEqual(['Close', 'Failed']);
      expect(reason(link)).toBe('malformed packet from the broker');
    },
  );

  it('by an unknown name is named at once', () => {
    const link = newBareLink();
    reach(link, Phase.Resolve);
    expect(link.send(LinkEventType.Resolved, 0)).toEqual(['Failed']);
    expect(reason(link)).toBe('the name of the broker is not known');
  });

  it.each([
    [Phase.Open, 'no connection to the broker'],
    [Phase.Login, 'closed by the broker'],
    [Phase.Subscribe, 'closed by the broker'],
    [Phase.Online, 'closed by the broker'],
  ])('by closing in phase %i is named: %s', (phase, text) => {
    const link = newBareLink();
    reach(link, phase);
    expect(link.send(LinkEventType.Closed)).toEqual(['Close', 'Failed']);
    expect(reason(link)).toBe(text);
  });

  it('has a text for every reason', () => {
    const texts = new Set<string>();
    for (let value: number = Reason.None; value <= Reason.Refused + 5; value++)
      if (value !== Reason.Refused) texts.add(reasonText(value));
    expect(texts.size).toBe(Reason.Refused + 5);
    for (const text of texts) expect(text).toMatch(/^[a-zA-Z][a-zA-Z ,0-9]+$/);
  });
});

describe('a half-open connection', () => {
  it('is pinged after 7.5 s without a packet, twice more, and given up after 30 s', () => {
    const link = newBareLink();
    reach(link, Phase.Online);
    const at: string[] = [];
    for (let ms = beatMs; ms <= 30_000; ms += beatMs)
      for (const line of link.pass(beatMs)) at.push(`${line} at ${ms}`);
    expect(at).toEqual([
      'Pingreq at 7500',
      'Pingreq at 15000',
      'Pingreq at 22500',
      'Close at 30000',
      'Failed at 30000',
    ]);
    expect(reason(link)).toBe('the broker fell silent');
  });

  it('is not suspected while packets arrive', () => {
    const link = newBareLink();
    reach(link, Phase.Online);
    for (let i = 0; i < 100; i++) {
      expect(link.pass(7_000)).toEqual([]);
      link.state.quietMs = 0;
    }
  });

  it('is pinged three times whatever the length of the ticks, and within the keep-alive', () => {
    forSeeds(500, (random) => {
      const link = newBareLink();
      reach(link, Phase.Online);
      const longest = random.pick([100, 600, 1_300, 5_000]);
      let pings = 0;
      let quietMs = 0;
      let lastPingMs = 0;
      while (link.state.phase === Phase.Online) {
        const ms = random.int(1, longest);
        quietMs += ms;
        if (link.send(LinkEventType.Tick, ms).includes('Pingreq')) {
          pings++;
          ensure(quietMs - lastPingMs < keepAliveS * 1_000, `no ping for ${quietMs - lastPingMs} ms`);
          lastPingMs = quietMs;
        }
      }
      expect(pings).toBe(3);
      expect(quietMs).toBeLessThan(30_000 + longest);
    });
  });
});

/** A session that is closed `afterMs` after it came up. */
function shortSession(link: BareLink, afterMs: number): void {
  reach(link, Phase.Online);
  link.pass(afterMs);
  link.send(LinkEventType.Closed);
}

describe('a twin with the same client id', () => {
  it('is recognised when the third session in a row is closed within 5 s, and makes room for a minute', () => {
    const link = newBareLink();
    for (let i = 0; i < 2; i++) {
      shortSession(link, 1_000);
      expect(reason(link)).toBe('closed by the broker');
      expect(link.state.leftMs).toBeLessThanOrEqual(8_000);
    }
    shortSession(link, 4_500);
    expect(reason(link)).toBe('another client uses the same client id');
    expect(link.state.leftMs).toBeGreaterThan(60_000);
    expect(link.state.leftMs).toBeLessThanOrEqual(120_000);
  });

  it('is recognised also when it strikes before the subscription is acknowledged, but not before CONNACK', () => {
    for (const [phase, text] of [
      [Phase.Subscribe, 'another client uses the same client id'],
      [Phase.Login, 'closed by the broker'],
    ] as const) {
      const link = newBareLink();
      for (let i = 0; i < 3; i++) {
        reach(link, phase);
        link.send(LinkEventType.Closed);
      }
      expect(reason(link)).toBe(text);
    }
  });

  it('is still known as the reason when the link is back', () => {
    const link = newBareLink();
    for (let i = 0; i < 3; i++) shortSession(link, 0);
    reach(link, Phase.Online);
    expect([reason(link), link.state.reconnects]).toEqual(['another client uses the same client id', 3]);
    expect(link.state.offlineMs).toBeGreaterThan(60_000);
  });

  it('is recognised at once when it strikes again', () => {
    const link = newBareLink();
    for (let i = 0; i < 5; i++) shortSession(link, 0);
    expect(reason(link)).toBe('another client uses the same client id');
  });

  it('is forgotten after a session of a minute', () => {
    const link = newBareLink();
    for (let i = 0; i < 3; i++) shortSession(link, 0);
    reach(link, Phase.Online);
    for (let i = 0; i < 120; i++) {
      link.pass(beatMs);
      link.state.quietMs = 0;
    }
    link.send(LinkEventType.Closed);
    shortSession(link, 0);
    shortSession(link, 0);
    expect(reason(link)).toBe('closed by the broker');
  });

  it('is not suspected when sessions last longer than 5 s', () => {
    const link = newBareLink();
    for (let i = 0; i < 10; i++) {
      shortSession(link, 5_000);
      expect(reason(link)).toBe('closed by the broker');
    }
  });

  it.each([
    ['WiFi is lost', LinkEventType.Dropped, 'WiFi lost'],
    ['the broker sends garbage', LinkEventType.Malformed, 'malformed packet from the broker'],
  ])('is not blamed when %s', (_what, type, text) => {
    const link = newBareLink();
    for (let i = 0; i < 3; i++) shortSession(link, 0);
    for (let i = 0; i < 5; i++) {
      reach(link, Phase.Online);
      link.send(type);
      expect(reason(link)).toBe(text);
      expect(link.state.leftMs).toBeLessThanOrEqual(60_000);
    }
  });
});

describe('WiFi that drops', () => {
  it.each([Phase.Resolve, Phase.Open, Phase.Login, Phase.Subscribe, Phase.Online])(
    'ends phase %i',
    (phase) => {
      const link = newBareLink();
      reach(link, phase);
      const lines = link.send(LinkEventType.Dropped);
      expect(lines).toEqual(phase >= Phase.Open ? ['Close', 'Failed'] : ['Failed']);
      expect([reason(link), link.state.wifi]).toEqual(['WiFi lost', 0]);
      expect(reach(link, Phase.Online)).toContain(`Enter ${Phase.Join}`);
    },
  );

  it.each([Phase.Join, Phase.Address])(
    'during phase %i is given 5 s more, since the chip may retry by itself',
    (phase) => {
      const link = newBareLink();
      reach(link, phase);
      expect(link.send(LinkEventType.Dropped)).toEqual([]);
      link.pass(4_500);
      expect(link.state.phase).toBe(phase);
      link.pass(500);
      expect(link.state.phase).toBe(Phase.Pause);
    },
  );

  it('again and again while associating is not given more each time', () => {
    const link = newBareLink();
    reach(link, Phase.Join);
    for (let i = 0; i < 5; i++) {
      link.send(LinkEventType.Dropped);
      link.pass(1_000);
    }
    expect(link.state.phase).toBe(Phase.Pause);
  });

  it('during a pause is remembered for the next attempt', () => {
    const link = newBareLink();
    reach(link, Phase.Open);
    link.send(LinkEventType.Closed);
    link.send(LinkEventType.Dropped);
    expect(reach(link, Phase.Online)).toContain(`Enter ${Phase.Join}`);
  });

  it('counts the time offline from the end of the session', () => {
    const link = newBareLink();
    reach(link, Phase.Online);
    link.pass(20_000);
    link.send(LinkEventType.Dropped);
    expect(link.state.offlineMs).toBe(0);
    link.pass(40_000);
    expect(link.state.offlineMs).toBe(40_000);
  });
});

describe('on a chip whose connect blocks', () => {
  it('the host is pinged before a connect is tried', () => {
    const link = newBareLink(1, 1);
    reach(link, Phase.Resolve);
    expect(link.send(LinkEventType.Resolved, 1)).toEqual([`Enter ${Phase.Ping}`]);
    expect(link.send(LinkEventType.Pinged, 1)).toEqual([`Enter ${Phase.Open}`]);
  });

  it('no attempt begins while the lamp is lit, and the next one as soon as it is off', () => {
    const link = newBareLink(1, 1);
    link.lit = 1;
    expect(link.pass(600_000)).toEqual([]);
    link.lit = 0;
    expect(link.pass(beatMs)).toEqual([`Enter ${Phase.Join}`]);
  });

  it('a lamp that is lit during the ping puts the connect off, without calling it a failure', () => {
    for (const answered of [true, false]) {
      const link = newBareLink(1, 1);
      link.state.deaf = 1;
      reach(link, Phase.Ping);
      link.lit = 1;
      expect(answered ? link.send(LinkEventType.Pinged, 1) : link.pass(15_000)).toEqual([]);
      expect(link.pass(60_000)).toEqual([]);
      expect([link.state.phase, link.state.failures]).toEqual([Phase.Pause, 0]);
      link.lit = 0;
      expect(link.pass(beatMs)).toEqual([`Enter ${Phase.Resolve}`]);
    }
  });

  it('a host that does not answer ping is not connected to, three times', () => {
    const link = newBareLink(1, 1);
    for (let i = 0; i < 3; i++) {
      reach(link, Phase.Ping);
      expect(link.pass(15_000)).toEqual(['Failed']);
      expect(reason(link)).toBe('the host of the broker does not answer ping');
    }
  });

  /** Three attempts without an answer to ping, and the fourth, which looks no more. */
  function deafHost(): BareLink {
    const link = newBareLink(1, 1);
    for (let i = 0; i < 3; i++) {
      reach(link, Phase.Ping);
      link.pass(15_000);
    }
    reach(link, Phase.Ping);
    expect(link.pass(15_000)).toEqual([`Enter ${Phase.Open}`]);
    return link;
  }

  it('a host deaf to ping is connected to at the fourth attempt', () => {
    const link = deafHost();
    reach(link, Phase.Online);
    expect(link.state.network).toBe(0);
  });

  it('a host deaf to ping is connected to at once when it was reached so before', () => {
    const link = deafHost();
    for (let i = 0; i < 5; i++) {
      reach(link, Phase.Online);
      link.pass(10_000);
      link.send(LinkEventType.Closed);
      reach(link, Phase.Ping);
      expect(link.pass(15_000)).toEqual([`Enter ${Phase.Open}`]);
    }
  });

  it('a host that was deaf and cannot be connected to any more is looked for by ping again', () => {
    const link = deafHost();
    reach(link, Phase.Online);
    link.send(LinkEventType.Closed);
    reach(link, Phase.Ping);
    link.pass(15_000);
    expect(link.send(LinkEventType.Closed)).toContain('Failed');
    reach(link, Phase.Ping);
    expect(link.pass(15_000)).toEqual(['Failed']);
  });

  it('a host that was only supposed to be deaf is left with its network after the fourth failure', () => {
    const link = deafHost();
    expect(link.send(LinkEventType.Closed)).toEqual(['Close', 'Leave', 'Failed']);
    reach(link, Phase.Ping);
    expect(link.pass(15_000)).toEqual(['Failed']);
  });
});

describe('any sequence of events', () => {
  const events = [
    LinkEventType.Associated,
    LinkEventType.Address,
    LinkEventType.Dropped,
    LinkEventType.Resolved,
    LinkEventType.Pinged,
    LinkEventType.Opened,
    LinkEventType.Closed,
    LinkEventType.Connack,
    LinkEventType.Suback,
    LinkEventType.Malformed,
  ];

  it('keeps a deadline, opens and closes in turn, and never connects in the light of a blocking chip', () => {
    const reached = new Set<Phase>();
    forSeeds(2_000, (random) => {
      const blocking = random.int(0, 1);
      const networks = random.int(1, 3);
      const link = newBareLink(networks, blocking, random.int(0, 65_535));
      const state = link.state;
      let open = false;
      for (let i = 0; i < 300; i++) {
        link.lit = random.int(0, 1);
        const step = onward.find((candidate) => candidate[0] === state.phase);
        // Half of the time what is waited for comes, or else a session would hardly ever be reached.
        const lines = random.oneIn(2)
          ? link.send(LinkEventType.Tick, random.pick([1, 100, 500, 500, 1_700, 8_000, 60_000]))
          : step && random.oneIn(2)
            ? link.send(step[1], step[2])
            : link.send(random.pick(events), random.oneIn(2) ? random.int(0, 255) : random.int(0, 1));
        for (const line of lines) {
          if (line === 'Close') {
            ensure(open, 'a socket was closed that was not open');
            open = false;
          }
          if (line === `Enter ${Phase.Open}`) {
            ensure(!open, 'a second socket was opened');
            ensure(!(blocking && link.lit), 'a connect may block while the lamp is lit');
            open = true;
          }
        }
        const { phase, leftMs } = state;
        reached.add(phase);
        ensure(open === phase >= Phase.Open, `in phase ${phase} the socket is ${open ? 'open' : 'closed'}`);
        if (phase === Phase.Online) ensure(state.quietMs < 30_000, 'silence was not noticed');
        else if (phase === Phase.Pause) ensure(leftMs <= 120_000, `a pause of ${leftMs} ms`);
        else ensure(leftMs > 0 && leftMs <= 30_000, `phase ${phase} ends in ${leftMs} ms`);
        ensure(state.network >= 0 && state.network < networks, `network ${state.network}`);
        ensure(state.backoffMs >= 2_000 && state.backoffMs <= backoffMsMax, `back-off ${state.backoffMs} ms`);
        ensure(state.seed >= 0 && state.seed < 65_536, `seed ${state.seed}`);
        if (lines.includes('Failed')) {
          ensure(phase === Phase.Pause, 'a failure without a pause');
          ensure(leftMs >= 1_000, `a pause of ${leftMs} ms`);
        }
      }
    });
    if (process.env.SEED === undefined) expect(reached.size).toBe(Phase.Online + 1);
  });

  it('followed by silence is followed by a new attempt, for ever', () => {
    forSeeds(300, (random) => {
      const link = newBareLink(random.int(1, 3), random.int(0, 1), random.int(0, 65_535));
      for (let i = random.int(0, 60); i > 0; i--)
        link.send(random.pick([LinkEventType.Tick, ...events]), random.pick([0, 1, 500, 5_000]));
      for (let i = 0; i < 5; i++) {
        const lines = link.pass(180_000);
        expect(
          lines.some((line) => line === `Enter ${Phase.Join}` || line === `Enter ${Phase.Resolve}`),
        ).toBe(true);
      }
    });
  });

  it('followed by a world in order is followed by a session', () => {
    forSeeds(300, (random) => {
      const link = newBareLink(random.int(1, 3), random.int(0, 1), random.int(0, 65_535));
      for (let i = random.int(0, 200); i > 0; i--)
        link.send(random.pick([LinkEventType.Tick, ...events]), random.pick([0, 1, 500, 5_000]));
      reach(link, Phase.Online);
      expect(link.state.phase).toBe(Phase.Online);
    });
  });
});
