import { join } from 'node:path';
import { dashboardIsFresh, dashboardOutput } from '../build/freshness';
import { root } from '../build/root';

/** The folder of the built dashboard, built when a source of it has changed since. */
export async function builtDashboard(print: (line: string) => void): Promise<string> {
  if (!(await dashboardIsFresh())) {
    print('Building the dashboard ...');
    const { buildDashboard } = await import('../build/dashboard');
    await buildDashboard();
  }
  return join(root, dashboardOutput);
}
