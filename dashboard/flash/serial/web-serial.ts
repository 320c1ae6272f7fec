/** What is used of Web Serial, which TypeScript's library lacks. Source: WICG, "Web Serial API" */
export interface WebSerial {
  /** Has the browser ask the user. Rejects with NotFoundError when none was chosen. */
  requestPort(): Promise<WebSerialPort>;
}

export interface WebSerialPort {
  open(options: { baudRate: number; bufferSize?: number }): Promise<void>;
  close(): Promise<void>;
  /** Null while the port is closed, and once it is lost. A new stream after an error that is none of the cable's. */
  readonly readable: ReadableStream<Uint8Array> | null;
  readonly writable: WritableStream<Uint8Array> | null;
  setSignals?(signals: { dataTerminalReady?: boolean; requestToSend?: boolean }): Promise<void>;
  addEventListener?(type: 'disconnect', listener: () => void): void;
}
