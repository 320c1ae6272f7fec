import type { Chip } from './chips';
import type { BoardInterpreter } from './interpreter';

/** `require("ESP8266")` or `require("ESP32")`: each exists on its own chip only. Source: Espruino targets/<chip>/jswrap_<chip>.c. */
export function createChipModule(
  interpreter: BoardInterpreter,
  chip: Chip,
  reason: string,
): Record<string, object> {
  const { realm } = interpreter;
  if (chip.name === 'esp32') {
    return {
      ESP32: realm.module({ getState: () => realm.object({ sdkVersion: 'v3.3', freeHeap: 120_000 }) }),
    };
  }
  const noException = { exccause: 0, epc1: 0, epc2: 0, epc3: 0, excvaddr: 0, depc: 0 };
  return {
    ESP8266: realm.module({
      getResetInfo: () => realm.object({ reason, ...noException }),
      getState: () =>
        realm.object({
          sdkVersion: '2.2.1',
          cpuFrequency: 160,
          freeHeap: 12_000,
          maxCon: 10,
          flashMap: '4MB:1024/1024',
          flashKB: 4096,
          flashChip: '0xef 0x4016',
        }),
    }),
  };
}
