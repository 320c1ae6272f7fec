import { dashboardReport, ensureDashboard } from '../build/dashboard';
import { buildFirmware } from '../build/firmware';
import { rules } from '../build/gate';
import { buildRelease } from '../build/release';

/**
 * `lamplighter build`: what goes to the board, the dashboard when its source has changed, and the command as a
 * release runs it; prints what they weigh. Throws BuildError when one is refused.
 */
export async function build(print: (line: string) => void): Promise<void> {
  for (const { file, bytes, gzipBytes, modules } of await buildFirmware()) {
    print(`${file}  ${bytes} bytes, ${gzipBytes} gzipped`);
    for (const { module, bytes } of modules.slice(0, 8)) print(`  ${String(bytes).padStart(6)}  ${module}`);
  }
  print(`gate: passed (${rules.length} rules)`);
  const dashboard = await ensureDashboard();
  for (const line of dashboard ? dashboardReport(dashboard) : ['dashboard: nothing has changed']) print(line);
  const release = await buildRelease();
  const bytes = release.reduce((sum, file) => sum + file.bytes, 0);
  print(`release: dist/lamplighter.mjs and ${release.length - 1} parts of it, ${bytes} bytes`);
}
