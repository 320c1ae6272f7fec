import { ensureDashboard } from '../../build/dashboard';
import { BuildError, ensureFirmware } from '../../build/firmware';

/**
 * Builds dist/ once before all tests. A refused build is told here and leaves no bundle behind, so that each
 * test that needs one fails, and no other does.
 */
export default async function buildFirmware(): Promise<void> {
  try {
    await ensureFirmware();
  } catch (error) {
    if (!(error instanceof BuildError)) throw error;
    console.error(error.message);
  }
  await ensureDashboard().catch((error: Error) => console.error(error.message));
}
