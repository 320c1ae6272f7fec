/** Takes the lock of a file, says so, and keeps it until it is killed. */
import { lockFile } from '../../gateway/file-lock';

lockFile(process.argv[2]!);
process.stdout.write('locked\n');
setInterval(() => undefined, 60_000);
