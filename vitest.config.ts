import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['host-tests/**/*.test.ts'],
    globalSetup: 'host-tests/support/build-firmware.ts',
    // Generated cases take their time on a small machine; no test waits for the clock.
    testTimeout: 60_000,
    // What is waited for in a browser comes when it comes.
    expect: { poll: { timeout: 10_000 } },
  },
});
