import { buildFirmware } from '../build/firmware';
import { rules } from '../build/gate';

/** `lamplighter build`: builds both files and prints what they weigh. Throws BuildError when one is refused. */
export async function build(print: (line: string) => void): Promise<void> {
  for (const { file, bytes, gzipBytes, modules } of await buildFirmware()) {
    print(`${file}  ${bytes} bytes, ${gzipBytes} gzipped`);
    for (const { module, bytes } of modules.slice(0, 8)) print(`  ${String(bytes).padStart(6)}  ${module}`);
  }
  print(`gate: passed (${rules.length} rules)`);
}
