import { Datagrams } from './datagrams';
import { type WifiTiming, usualTiming } from './habits';
import { Hardware } from './hardware';
import type { Attachment, Lease, Release, Station, Uplink } from './network';
import type { Radio, RadioState } from './radio';
import { Esp32Radio } from './radio-esp32';
import { Esp8266Radio } from './radio-esp8266';
import { Resolver } from './resolver';
import { Net } from './socket';
import { Esp32Tcp } from './tcp-esp32';
import { Esp8266Tcp } from './tcp-esp8266';
import { Telnet } from './telnet';
import { createWifi } from './wifi';

/** What a board's network keeps from one attachment to the next. */
export interface Kept {
  /** Wifi.save(): lies in flash. */
  saved?: RadioState | undefined;
  /** WiFi goes on through reset() and load(). */
  running?: { state: RadioState; lease: Lease | undefined } | undefined;
}

/** What a network may be built with. */
export interface BoardOptions {
  /** Which state of Espruino the boards run; the release when absent. */
  release?: Release;
  /** What WiFi takes longer or shorter for than usual. */
  timing?: Partial<WifiTiming>;
}

/** Builds what one boot of a board has of a network. */
export function attachBoard(station: Station, uplink: Uplink, options: BoardOptions, kept: Kept): Attachment {
  const { interpreter, chip } = station;
  const release = options.release ?? '2v29';
  const timing = { ...usualTiming, ...options.timing };
  const hardware = new Hardware(interpreter.clock);
  const esp32 = chip === 'esp32';
  const radioParts = { station, release, timing, hardware, uplink, events: () => wifi };
  const radio: Radio = esp32 ? new Esp32Radio(radioParts) : new Esp8266Radio(radioParts);
  const resolver = new Resolver(hardware, uplink, () => radio.lease !== undefined);
  const tcpParts = { station, hardware, uplink, radio, resolver, onActivity: () => net.schedule() };
  const net = new Net(station, esp32 ? new Esp32Tcp(tcpParts) : new Esp8266Tcp(tcpParts));
  const dgram = new Datagrams({ station, uplink, radio, resolver });
  const telnet = new Telnet(interpreter);
  const wifi = createWifi({
    station,
    release,
    timing,
    hardware,
    uplink,
    radio,
    resolver,
    saved: { read: () => kept.saved, write: (state) => (kept.saved = state) },
  });

  const { running, saved } = kept;
  kept.running = undefined;
  if (running !== undefined) radio.restore(running.state, running.lease);
  // After the boot code, as the chips do it: what was saved overrides what that code has started.
  else if (saved !== undefined) interpreter.queue(() => radio.restore(saved));

  return {
    wifi,
    net: net.module,
    dgram: dgram.module,
    telnet: telnet.module,
    detach(how = 'power-lost') {
      if (how === 'software-reset') {
        kept.running = { state: { ...radio.state }, lease: radio.lease };
        net.closeAll();
        dgram.closeAll();
      }
      hardware.cancelAll();
      if (how === 'power-lost') uplink.unplug();
    },
    socketCount: () => net.socketCount() + dgram.socketCount(),
    listenerCount: () => net.listenerCount() + dgram.listenerCount() + interpreter.listenerCount(wifi),
    get accessPointOn() {
      return radio.state.accessPointOn;
    },
    get telnetOn() {
      return telnet.on;
    },
  };
}
