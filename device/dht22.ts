/** DHT22 (AM2302): temperature and humidity over one wire. Source: Aosong AM2302 datasheet. */

/** The host's start signal, at least 1 ms low. */
const startMs = 1;
/** A frame takes about 5 ms; its edges wait in a queue until the board is idle. */
const frameMs = 50;
/** A bit's high phase lasts 26-28 us for 0 and 70 us for 1. */
const oneS = 0.00005;

/**
 * Reads once; `done` gets a string of 42 characters, or of another length when edges were lost or
 * came twice: the answer's two edges, then 40 bits. Nothing else may keep the board busy meanwhile.
 */
export function readDht22(pin: Pin, done: (bits: string) => void): void {
  let bits = '';
  // Before the pin is driven: on ESP32 a watch makes its pin an input.
  const watch = setWatch(
    function (edge) {
      bits += edge.time - edge.lastTime > oneS ? '1' : '0';
    },
    pin,
    { repeat: true, edge: 'falling' },
  );
  digitalWrite(pin, 0);
  pinMode(pin, 'output');
  setTimeout(function () {
    // Without the edge of the start signal itself.
    bits = '';
    pinMode(pin, 'input_pullup');
  }, startMs);
  setTimeout(function () {
    clearWatch(watch);
    // What follows is deep enough by itself.
    setTimeout(done, 0, bits);
  }, frameMs);
}
