import { Effect, type Act } from '../../shared/effects';

const names: Record<Effect, string> = {
  [Effect.Lamp]: 'Lamp',
  [Effect.Led]: 'Led',
  [Effect.Changed]: 'Changed',
  [Effect.Reply]: 'Reply',
  [Effect.Result]: 'Result',
  [Effect.Sample]: 'Sample',
  [Effect.Telemetry]: 'Telemetry',
  [Effect.Enter]: 'Enter',
  [Effect.CheckAddress]: 'CheckAddress',
  [Effect.Pingreq]: 'Pingreq',
  [Effect.Close]: 'Close',
  [Effect.Leave]: 'Leave',
  [Effect.Failed]: 'Failed',
  [Effect.Restart]: 'Restart',
};

export interface Recorder {
  act: Act;
  /** What the steps asked for since the last call, one line each: `Lamp 1`, `Reply cds: Light intensity is 512`. */
  take(): string[];
}

/** Stands for the board: writes down what a step asks for and does nothing. */
export function newRecorder(): Recorder {
  let lines: string[] = [];
  return {
    act(effect, value, text) {
      lines.push(
        names[effect] + (value === undefined ? '' : ' ' + value) + (text === undefined ? '' : ': ' + text),
      );
    },
    take() {
      const taken = lines;
      lines = [];
      return taken;
    },
  };
}
