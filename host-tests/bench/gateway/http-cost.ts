/** Readings over HTTP, checked and stored, beside bare node:http that reads a body and answers. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as rest } from 'node:timers/promises';
import { post } from './http';
import { MeasuredProcess, startGateway } from './measured-process';
import { median, type Row } from './row';

const costMax = 1.3;

export async function measureHttpCost(quick: boolean): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'lamplighter-bench-'));
  const servers = [await startGateway(folder), await MeasuredProcess.fork('yardstick.ts', 'http')] as const;
  try {
    for (const { ports } of servers) await post(ports.web!, quick ? 5000 : 10_000, Infinity);
    const loads = [
      { title: 'as fast as it goes', requests: 5000, perS: Infinity },
      { title: 'at 1,000/s', requests: 3000, perS: 1000 },
    ];
    const rows: Row[] = [];
    for (const load of loads) rows.push(await measure(load, servers, quick ? 3 : 9));
    return rows;
  } finally {
    for (const server of servers) await server.end();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measure(
  { title, requests, perS }: { title: string; requests: number; perS: number },
  servers: readonly [MeasuredProcess, MeasuredProcess],
  rounds: number,
): Promise<Row> {
  const cpuUs: number[][] = [[], []];
  const rates: number[][] = [[], []];
  for (let round = 0; round < rounds; round++) {
    for (const [index, server] of servers.entries()) {
      const before = server.cpuUs;
      const beganMs = performance.now();
      await post(server.ports.web!, requests, perS);
      rates[index]!.push((requests * 1000) / (performance.now() - beganMs));
      // What was left to the history's thread counts as well.
      await rest(300);
      cpuUs[index]!.push((server.cpuUs - before) / requests);
    }
  }
  const part = median(cpuUs[0]!.map((cost, round) => cost / cpuUs[1]![round]!));
  const text = (index: number): string =>
    `${Math.round(median(rates[index]!)).toLocaleString('en')}/s, ${median(cpuUs[index]!).toFixed(1)} us CPU`;
  return {
    what: `readings over HTTP, ${title}, 100 connections`,
    measured: `${text(0)}; ${part.toFixed(2)} of bare node:http`,
    beside: `node:http ${text(1)}`,
    goal: `<= ${costMax} of it`,
    isMet: part <= costMax,
    limit:
      'the history: 3 us to write a reading down, 6 us in its thread; routing, JSON, checks and registry cost 1 to 2 where many come at once, 15 one by one',
  };
}
