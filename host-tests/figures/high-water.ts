/**
 * How many variables were ever in use at once, told by the interpreter's own memory, as a stack's depth is told by paint:
 * every free variable is filled with a pattern, and one that is taken into use loses it for good.
 *
 * The pool is one array, its first variable the root (`jsvFindOrCreateRoot`, Espruino src/jsvar.c), and the free ones are
 * taken lowest first after a garbage collection. A string's text is what fills them: they keep the first four
 * bytes when they are freed, and are zeroed when they are taken. So nothing is sampled and nothing is missed, the pieces
 * that sockets copy between two lines of JavaScript included.
 */

/** Begins the lines in which the board answers; differs from the one of the parts' reports. */
const mark = '\x02';

/** JavaScript for `.bootcde`: functions that take few variables, called by short lines typed on the console. */
export const highWaterCode = `
function $cnt(){var m=process.memory(false),p=E.getAddressOf(global,false),i=m.total,n=0;for(;i;i--){if(peek32(p)==0x55555555)n++;p+=m.blocksize}return n}
function $pnt(){var s="UUUUUUUU";while(process.memory(false).free>60)s+="UUUUUUUU";s=0;$now()}
function $now(){var u=process.memory().usage;print("${mark}",u,$cnt())}
`;

/** In front of the loader, so that the boot is measured from its first statement on. */
export const paintCode = '$pnt();\n';

/** To be typed: fills the free variables, and tells what is in use. */
export const paint = '\x10$pnt()\n';
/** To be typed: collects garbage, and tells what is in use. */
export const read = '\x10$now()\n';

export interface Reading {
  /** Variables in use. */
  inUse: number;
  /** Free ones that were not taken since the last paint. */
  untouched: number;
}

export function parseReading(line: string): Reading | undefined {
  const [, inUse, untouched] = new RegExp(`^${mark} (\\d+) (\\d+)$`).exec(line) ?? [];
  return inUse === undefined ? undefined : { inUse: Number(inUse), untouched: Number(untouched) };
}

/** The most that were in use at once between the paint and the reading after it. */
export function highWater(painted: Reading, after: Reading): number {
  return painted.inUse + painted.untouched - after.untouched;
}
