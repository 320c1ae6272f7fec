import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer } from 'ws';
import type { LiveLine, Owner } from './live-browser';
import type { LiveHub } from './live-hub';

/** Longest frame from a browser, in bytes: a command has some 60. */
const frameBytesMax = 4096;
/** A browser that does not answer a close frame within this many milliseconds is cut off. */
const closeMs = 1000;

/**
 * Opens WebSockets for the hub. Frames are written to the sockets as they are: without compression a WebSocket adds
 * nothing to them, so that one buffer serves all browsers. Whatever else a WebSocket has to say (pong, close) goes
 * through ws, which writes it in one piece.
 */
export class LiveSockets {
  private readonly server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: frameBytesMax,
  });

  constructor(private readonly hub: LiveHub) {}

  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer, owner: Owner): void {
    this.server.handleUpgrade(request, socket, head, (webSocket) => {
      const browser = this.hub.open(lineOf(webSocket, socket), owner);
      webSocket.on('message', (data: Buffer, isBinary) => {
        if (isBinary) webSocket.close(1003, 'expected text');
        else browser.onRequest(data.toString());
      });
      webSocket.on('pong', () => browser.heard());
      // What is wrong with a frame is told to the browser by ws; nobody else needs to know.
      webSocket.on('error', () => undefined);
      webSocket.on('close', () => this.hub.forget(browser));
      socket.on('drain', () => this.hub.drained(browser));
    });
  }
}

function lineOf(webSocket: WebSocket, socket: Duplex): LiveLine {
  return {
    write: (frame) => {
      // Nothing may follow a close frame: RFC 6455, 5.5.1.
      if (webSocket.readyState === WebSocket.OPEN) socket.write(frame);
    },
    get waiting() {
      return socket.writableLength;
    },
    ping: () => webSocket.ping(),
    close: (code, reason) => {
      webSocket.close(code, reason);
      setTimeout(() => webSocket.terminate(), closeMs).unref();
    },
    destroy: () => webSocket.terminate(),
  };
}
