import { existsSync } from 'node:fs';
import type { KitView } from '../../shared/live';
import type { Log } from '../../gateway/log';

export type ShownSettings = NonNullable<KitView['settings']>;

/**
 * What the dashboard tells of each kit's settings, out of a kit.config.ts: none when there is no such file, and
 * none but a warning when it is wrong, since the gateway needs it for nothing else.
 */
export async function shownSettings(file: string, log: Log): Promise<Map<number, ShownSettings>> {
  const settings = new Map<number, ShownSettings>();
  if (!existsSync(file)) return settings;
  try {
    // Imported when needed: reading TypeScript takes as much memory as half a gateway.
    const { kitSettings, loadClassroom } = await import('../kit-config');
    const classroom = await loadClassroom(file);
    for (const { kit } of classroom.config.kits) {
      const { lamp, telemetryMs } = kitSettings(classroom, kit, { secrets: 'placeholder' });
      settings.set(kit, { ...lamp, telemetryMs });
    }
  } catch (error) {
    log.warn(`${(error as Error).message}; the dashboard shows no settings of kits`);
  }
  return settings;
}
