// Loaded into Espruino's tool before it starts. It opens only what it has listed itself, and its list needs udevadm on Linux
// and lacks the cu devices of macOS: the port that it was told to use is all that it is to find.
import { SerialPort } from 'serialport';

const port = process.argv[process.argv.indexOf('-p') + 1];
SerialPort.list = () => Promise.resolve([{ path: port }]);
