import { type Kind, meanings } from './metrics-meanings';
import type { Counters } from './rooms';

export interface ProcessNumbers {
  version: string;
  cpuS: number;
  residentBytes: number;
  heapBytes: number;
  startedS: number;
  /** Share of time in which the event loop was busy, 0..1. */
  loopBusy: number;
  kitsOnline: number;
  brokerConnected: boolean;
  storeTrouble: boolean;
}

/** The text that Prometheus reads, format 0.0.4: seconds and bytes, and a fixed number of lines. */
export function metricsText(numbers: ProcessNumbers, rooms: Counters): string {
  const lines: string[] = [];
  const add = (name: string, kind: Kind | 'untyped', help: string, value: number, labels = '') =>
    lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${kind}`, `${name}${labels} ${value}`);
  add(
    'lamplighter_build_info',
    'gauge',
    'Always 1; the version is a label.',
    1,
    `{version="${numbers.version}"}`,
  );
  add(
    'process_cpu_seconds_total',
    'counter',
    'CPU time of all threads, user and system, in seconds.',
    numbers.cpuS,
  );
  add('process_resident_memory_bytes', 'gauge', 'Resident memory in bytes.', numbers.residentBytes);
  add('process_start_time_seconds', 'gauge', 'Start of the process in seconds since 1970.', numbers.startedS);
  add('nodejs_heap_used_bytes', 'gauge', 'Heap of the main thread in use, in bytes.', numbers.heapBytes);
  add(
    'nodejs_eventloop_utilization_ratio',
    'gauge',
    'Share of time since the start in which the event loop was busy.',
    numbers.loopBusy,
  );
  add('lamplighter_kits_online', 'gauge', 'Kits that are online.', numbers.kitsOnline);
  add(
    'lamplighter_broker_connected',
    'gauge',
    '1 while there is a connection to the broker.',
    +numbers.brokerConnected,
  );
  add(
    'lamplighter_store_trouble',
    'gauge',
    '1 while readings cannot be written to disk.',
    +numbers.storeTrouble,
  );
  for (const [room, counters] of Object.entries(rooms))
    for (const [name, value] of Object.entries(counters)) {
      if (typeof value !== 'number') continue;
      const [kind, help] = meanings[`${room}.${name}`] ?? ['untyped', `${name} of ${room}.`];
      const end = kind === 'counter' ? '_total' : '';
      add(`lamplighter_${snake(room)}_${snake(name)}${end}`, kind, help, value);
    }
  return lines.join('\n') + '\n';
}

function snake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`).replace(/[^\w]/g, '_');
}
