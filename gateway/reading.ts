import type { Transport, Values } from '../shared/live';

/** What one sensor has measured at one moment, on whatever transport it came. */
export interface Reading {
  /** `sensor_id`: 1 to 64 letters, digits and `_ - . :`; `kit_<kit>` for a kit. */
  sensor: string;
  /** When it was measured, in milliseconds since 1970. */
  atMs: number;
  /** At least one. */
  values: Values;
}

/** Where a reading came from. */
export interface Source {
  transport: Transport;
  /** Absent on MQTT, where the broker knows it. */
  address?: string;
}
