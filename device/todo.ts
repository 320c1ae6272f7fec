import { Effect } from '../shared/effects';
import { Phase } from '../shared/link';

/** To do: a bit for each phase of the link to enter, then one for each effect that `act` notes. */
export const enum Todo {
  Phases = (1 << (Phase.Online + 1)) - 1,
  /** The phases that begin with a look into kit.json. */
  Settings = (1 << Phase.Join) | (1 << Phase.Resolve) | (1 << Phase.Open) | (1 << Phase.Login),
  FirstEffect = Phase.Online + 1,
  State = 1 << (FirstEffect + Effect.Changed),
  Sample = 1 << (FirstEffect + Effect.Sample),
  Telemetry = 1 << (FirstEffect + Effect.Telemetry),
  Address = 1 << (FirstEffect + Effect.CheckAddress),
  Pingreq = 1 << (FirstEffect + Effect.Pingreq),
  Close = 1 << (FirstEffect + Effect.Close),
  Leave = 1 << (FirstEffect + Effect.Leave),
  Failed = 1 << (FirstEffect + Effect.Failed),
  Restart = 1 << (FirstEffect + Effect.Restart),
  Good = 1 << 28,
  /** All that has to do with the link, and with the end of a boot. */
  Link = Phases | Address | Close | Failed | Restart | Good,
  Draw = 1 << 29,
}
