import type { BrokerState } from '../shared/live';

/** A message on `iot/#`. */
export interface BusMessage {
  topic: string;
  payload: Uint8Array;
  /** Delivered from the broker's memory, not live. */
  retained: boolean;
}

/** The broker as the rest of the gateway sees it, be it the embedded one or one that runs elsewhere. */
export interface Bus {
  readonly state: BrokerState;
  /** Told of every message on `iot/#`, and of what is retained there when a broker elsewhere is connected. */
  onMessage: (message: BusMessage) => void;
  onState: (state: BrokerState) => void;
  /** False when the broker is away: nothing is kept for later. */
  publish(topic: string, payload: string): boolean;
  start(): Promise<void>;
  stop(): Promise<void>;
}
