import { networkInterfaces } from 'node:os';
import { resolve } from 'node:path';
import type { Gateway } from '../../gateway/gateway';
import { createLog, type Log } from '../../gateway/log';
import { type GatewaySettings, readSettings } from '../../gateway/settings';
import { builtDashboard } from '../dashboard';
import { endOfProcess } from '../end-of-process';
import { whereSentences } from './addresses';
import { shownSettings } from './shown-settings';

/** `lamplighter gateway`: runs until a signal ends it. Throws one sentence when it cannot start. */
export async function gateway(flags: Record<string, unknown>): Promise<void> {
  const directory = process.cwd();
  const { settings, notes } = readSettings({ flags, environment: process.env, directory });
  const log = createLog({
    level: settings.logLevel,
    format: formatOf(settings),
    write: (lines) => void process.stdout.write(lines),
  });
  for (const note of notes) log.warn(note);
  const end = endOfProcess((ms) => log.warn(`not done after ${ms} ms: ended all the same`));
  try {
    const { startGateway } = await import('../../gateway/gateway');
    const running = await startGateway(settings, {
      now: Date.now,
      log,
      dashboard: await builtDashboard((line) => log.info(line)),
    });
    tell(running, settings, log);
    const kits = settings.kits ?? resolve(directory, 'kit.config.ts');
    // Nobody waits for it, least of all a kit.
    void shownSettings(kits, log).then((shown) => running.showSettings(shown));
    await end.reached;
    log.info('ending');
    await running.stop();
  } finally {
    end.dispose();
  }
}

function formatOf({ logFormat }: GatewaySettings): 'json' | 'text' {
  if (logFormat !== 'auto') return logFormat;
  return process.stdout.isTTY ? 'text' : 'json';
}

function tell({ listeners }: Gateway, settings: GatewaySettings, log: Log): void {
  for (const sentence of whereSentences(listeners, networkInterfaces())) log.info(sentence);
  const { broker, beyondLoopback, openIngest } = settings;
  if (broker) log.info(`broker: ${broker.protocol}://${broker.host}:${broker.port}`);
  if (beyondLoopback && openIngest)
    log.warn('--open-ingest: whoever reaches this computer may send readings over TCP, UDP and HTTP');
}
