import type { FlashFailure } from '../../flashing';

/** The table stands in docs/flashing.md. */
export function flashExitCode(failure: FlashFailure): number {
  switch (failure) {
    case 'which-kit':
      return 2;
    case 'no-room':
      return 10;
    case 'upload-failed':
      return 11;
    case 'not-verified':
      return 12;
    case 'not-online':
      return 13;
    case 'wrong-board':
      return 14;
    case 'no-runtime':
      return 15;
    case 'interrupted':
      return 130;
  }
}
