/**
 * What the steps may ask of the board. `act` does the one thing, or notes it as to do; it never
 * calls a step, so that steps are not re-entered and the call depth stays small.
 */
export type Act = (effect: Effect, value?: number | string, text?: string) => void;

export const enum Effect {
  /** Lamp to `value` (0 or 1). */
  Lamp,
  /** LED to `value` (0 or 1). */
  Led,
  /** State has changed: publish it and redraw. */
  Changed,
  /** Publish `text` on the topic `iot/<kit>/<value>`. */
  Reply,
  /** Publish the JSON text `value` on `iot/<kit>/result` with QoS 1. */
  Result,
  /** Start a DHT22 reading; its end is the event `Reading`. */
  Sample,
  /** Publish the periodic telemetry and redraw. */
  Telemetry,
  /** Start what the link's phase `value` waits for. */
  Enter,
  /** Ask WiFi for the address; its answer is the event `Address`, if there is one. */
  CheckAddress,
  /** Send PINGREQ. */
  Pingreq,
  /** Close the socket without waiting for an event. */
  Close,
  /** Leave the WiFi network. */
  Leave,
  /** An attempt or a session has ended, and the pause has begun. */
  Failed,
  /** Leave safe mode: restart the board. */
  Restart,
}
