import { type Probed, tcpProbe } from '../../network/discover/probe';
import { parsePorts, services, usualPorts } from '../../network/discover/services';
import { interrupted, untilInterrupted } from './interrupt';
import { addressOf } from './private-address';
import { printJson, printTable, tell } from './print';
import { Progress } from './progress';
import { scanOptions, type ScanFlags } from './scan-options';

export interface PortsFlags extends ScanFlags {
  ports?: string;
  allowPublic?: boolean;
  open?: boolean;
  json?: boolean;
}

export async function portsCommand(host: string, flags: PortsFlags): Promise<void> {
  const ports = flags.ports === undefined ? [...usualPorts] : parsePorts(flags.ports);
  const ip = await addressOf(host, flags.allowPublic ?? false);
  const { pace, timeoutMs } = scanOptions(flags);
  const probe = tcpProbe(performance.now.bind(performance));
  const signal = interrupted();
  const progress = new Progress(`looking at ${host}`);
  const probed: Probed[] = [];
  const looked = ports.map(async (port) => {
    const found = await pace.run(() => probe(ip, port, timeoutMs, signal), signal);
    // What was called off has not answered yet: that says nothing of the port.
    if (signal.aborted) return;
    probed.push(found);
    progress.show(probed.length, ports.length);
  });
  await untilInterrupted(Promise.all(looked)).finally(() => progress.end());
  probed.sort((a, b) => a.port - b.port);
  show(host, ip, probed, flags);
  signal.throwIfAborted();
}

function show(host: string, ip: string, probed: Probed[], { open, json }: PortsFlags): void {
  const shown = open ? probed.filter(({ state }) => state === 'open') : probed;
  const rows = shown.map(({ port, state, ms }) => ({
    port,
    state,
    ...(services.has(port) && { service: services.get(port)! }),
    ms: Math.round(ms * 10) / 10,
  }));
  if (json) return printJson({ host, ip, ports: rows });
  printTable(
    ['port', 'state', 'service', 'time'],
    rows.map(({ port, state, service, ms }) => [port, state, service, `${ms.toFixed(1)} ms`]),
  );
  const count = (state: string) => probed.filter((found) => found.state === state).length;
  const states = ['open', 'closed', 'filtered', 'unreachable'].filter((state) => count(state) > 0);
  tell(
    `${host}${host === ip ? '' : ` (${ip})`}: ${states.map((state) => `${count(state)} ${state}`).join(', ')}`,
  );
}
