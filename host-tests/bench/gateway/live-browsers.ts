/** Browsers that take what comes, as a process of their own: `port count`. Tells how many bytes came when asked. */
import { connect } from 'node:net';

const [port, count] = process.argv.slice(2).map(Number) as [number, number];
let bytes = 0;
const open = (): Promise<void> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(
        'GET /live HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
          'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
      );
      socket.once('data', () => resolve());
      socket.on('data', (chunk) => (bytes += chunk.length));
    });
  });

for (let i = 0; i < count; i++) await open();
process.on('message', () => process.send!({ bytes }));
process.on('disconnect', () => process.exit());
process.send!({ ready: true });
