import type { Probe, Subject } from './probe';

/** Stands before the number of each probe, and before the word that ends the program. */
const mark = '\x01';

/** How long to listen to a board that starts with given files. */
export const startMs = 300;

/** So many probes are in one program: their text stays in flash, but each is a function of five variables. */
const groupSize = 24;

/** The probes of a subject in groups that share one start of the interpreter. */
export function groups({ probes }: Subject): Probe[][] {
  const found: Probe[][] = [];
  for (let i = 0; i < probes.length; i += groupSize) found.push(probes.slice(i, i + groupSize));
  return found;
}

/**
 * Boot code that runs one probe after the other, each in a function of its own, and says which one.
 * `before` defines what the probes use, `start` is an expression that calls its argument once all is ready.
 */
export function program(
  probes: readonly Probe[],
  usualMs: number,
  before: string,
  start = '(function(next){next()})',
): string {
  const bodies = probes.map(({ code, ms = usualMs }) => `[${ms},function(){${code}\n}]`);
  return `${before}
let PROBES=[${bodies.join(',\n')}],AT=0;
function NEXT(){
  if(AT>=PROBES.length){print("\\x01end");return}
  let p=PROBES[AT];
  print("\\x01"+AT++);
  try{p[1]()}catch(e){print("thrown "+e)}
  setTimeout(NEXT,p[0]);
}
setTimeout(function(){${start}(NEXT)},1);
`;
}

export function isOver(line: string): boolean {
  return line === `${mark}end`;
}

/** What each probe has printed, in the order of the program. */
export function outputs(lines: readonly string[]): string[] {
  const parts = withoutPlaces(lines.join('\n')).split(mark).slice(1, -1);
  return parts.map((part) => part.slice(part.indexOf('\n') + 1).replace(/\n$/, ''));
}

/** What a start has printed, without the banner and the lines that the prompt leaves empty. */
export function startOutput(lines: readonly string[]): string {
  const printed = lines.flatMap((line) => line.split('\n')).filter((line) => !banner.test(line));
  return withoutPlaces([...printed, ''].join('\n')).replace(/\n$/, '');
}

const banner =
  /^$|^ ____ |^\|  __\||^\|____\||espruino\.com|^ 2v|^Espruino is Open Source|^only by sales of official/;

/** Where an error was made is told in lines, on the interpreter with the code of that line: nothing to compare. */
function withoutPlaces(text: string): string {
  return text.replace(/^ {4}at .*\n(?:(?!\x01).*\n *\^\n)?/gm, '');
}
