import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { createWebSocketStream, WebSocketServer, type WebSocket } from 'ws';

/** Twice the longest packet, since a frame may hold several. */
const maxFrameBytes = 128 * 1024;

/** MQTT over WebSocket: MQTT 3.1.1, section 6. */
export class WebSocketDoor {
  readonly #server = new WebSocketServer({
    noServer: true,
    maxPayload: maxFrameBytes,
    perMessageDeflate: false,
    // [MQTT-6.0.0-3] the client offers it, [MQTT-6.0.0-4] the server picks it.
    handleProtocols: (protocols) => (protocols.has('mqtt') ? 'mqtt' : false),
  });

  constructor(private readonly enter: (stream: Duplex, address: string | undefined) => void) {}

  /** `sameOriginOnly`: pages of other sites are sent away, which is all that protects a broker without passwords. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer, sameOriginOnly: boolean): void {
    socket.on('error', () => undefined);
    const offered = String(request.headers['sec-websocket-protocol'] ?? '').split(/\s*,\s*/);
    if (!offered.includes('mqtt'))
      return refuse(socket, '400 Bad Request', 'expected the WebSocket subprotocol mqtt');
    if (sameOriginOnly && !isSameOrigin(request))
      return refuse(
        socket,
        '403 Forbidden',
        'a page of another site may not use a broker that asks for no password',
      );
    const address = request.socket.remoteAddress;
    this.#server.handleUpgrade(request, socket, head, (webSocket) =>
      this.enter(streamOf(webSocket), address),
    );
  }
}

export function refuse(socket: Duplex, status: string, sentence: string): void {
  const body = `${sentence}\n`;
  socket.end(
    `HTTP/1.1 ${status}\r\nContent-Type: text/plain\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}

function streamOf(webSocket: WebSocket): Duplex {
  const stream = createWebSocketStream(webSocket);
  // [MQTT-6.0.0-1] only binary frames.
  webSocket.on('message', (_data, isBinary) => isBinary || stream.destroy());
  // An MQTT packet is written in five pieces: together they are one frame.
  stream._writev = (pieces, done) =>
    webSocket.send(Buffer.concat(pieces.map(({ chunk }) => chunk as Buffer)), done);
  return stream;
}

/** Browsers always name the page's origin; what names none is no browser. */
function isSameOrigin({ headers }: IncomingMessage): boolean {
  if (headers.origin === undefined) return true;
  try {
    return new URL(headers.origin).host === headers.host;
  } catch {
    return false;
  }
}
