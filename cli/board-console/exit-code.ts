import type { BoardFailure } from '../../flashing/console/board-error';

/** 1 is any other failure. The table stands in docs/flashing.md. */
export function exitCodeOf(failure: BoardFailure): number {
  switch (failure) {
    case 'bad-port':
      return 2;
    case 'no-port':
      return 3;
    case 'no-permission':
      return 4;
    case 'busy':
      return 5;
    case 'refused':
    case 'silent':
    case 'lost':
      return 6;
    case 'not-espruino':
      return 7;
    case 'locked':
      return 8;
  }
}
