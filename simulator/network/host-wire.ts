import type { Socket } from 'node:net';
import type { Wire, WireEvents } from './network';

/** A TCP segment on Ethernet. */
const segmentBytes = 1_460;

/** A real socket as a board's wire. While it is held, as without WiFi, nothing passes; it all goes on later. */
export class HostWire implements Wire {
  events: WireEvents | undefined;
  readonly #outgoing: (() => void)[] = [];
  #held = false;

  constructor(
    private readonly socket: Socket,
    onClosed: () => void,
  ) {
    let failed = false;
    socket.on('data', (data) => {
      for (let at = 0; at < data.length; at += segmentBytes)
        this.events?.onData(data.subarray(at, at + segmentBytes));
    });
    socket.on('end', () => this.events?.onEnd());
    socket.on('error', () => (failed = true));
    socket.on('close', () => {
      onClosed();
      if (failed) this.events?.onReset();
    });
  }

  send(bytes: Uint8Array): void {
    this.#run(() => this.socket.write(bytes, (error) => error || this.events?.onAcknowledged(bytes.length)));
  }

  close(onReleased: () => void): void {
    this.socket.once('close', onReleased);
    this.#run(() => this.socket.end());
  }

  hold(held: boolean): void {
    this.#held = held;
    if (held) {
      this.socket.pause();
      return;
    }
    this.socket.resume();
    for (const run of this.#outgoing.splice(0)) run();
  }

  drop(): void {
    this.events = undefined;
    this.socket.resetAndDestroy();
  }

  #run(run: () => void): void {
    if (this.#held) this.#outgoing.push(run);
    else run();
  }
}
