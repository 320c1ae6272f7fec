import { defineConfig } from 'vitest/config';

/** What runs on the real interpreter, in real time: no part of `npm test`. host-tests/engine/main.ts runs this. */
export default defineConfig({
  test: {
    include: ['host-tests/**/*.engine.ts'],
    globalSetup: 'host-tests/support/build-firmware.ts',
    // A case may watch the keep-alive for five minutes, and wait for its turn before that.
    testTimeout: 900_000,
    // A computer that is busy with other things may miss a deadline; what passed only then is told.
    retry: 1,
    reporters: ['default', './host-tests/engine/summary.ts'],
  },
});
