import { defineConfig } from 'vitest/config';
import { font } from './build/font.ts';

export default defineConfig({
  plugins: [font()],
  test: {
    include: ['host-tests/**/*.test.ts'],
    globalSetup: 'host-tests/support/build-firmware.ts',
    // Generated cases take their time on a small machine; no test waits for the clock.
    testTimeout: 60_000,
  },
});
