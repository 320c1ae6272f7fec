/** How Espruino reports an exception that nobody caught. */
export function uncaughtText(error: unknown): string {
  return `Uncaught ${String(error)}${placeOf(error)}`;
}

/** Where in the board's code an error was made: file, line and column of the innermost frames. */
function placeOf(error: unknown): string {
  const stack = (error as { stack?: unknown } | null | undefined)?.stack;
  if (typeof stack !== 'string') return '';
  const frames = stack.split('\n').filter((line) => /^\s+at /.test(line) && !/[\\/]|node:/.test(line));
  return frames
    .slice(0, 3)
    .map((line) => `\n    ${line.trim()}`)
    .join('');
}
