import { defineClassroom, secret } from './cli/kit-config/classroom';

// Your classroom: first what all kits share, then the kits. Point at any key to read what it means.
// Passwords lie in .env (copy .env.example), which stays on this computer; `npm start` needs none of them.
export default defineClassroom({
  board: 'nodemcu',

  networks: [
    { ssid: 'classroom', password: secret('WIFI_PASSWORD'), priority: 2 },
    // Tried when the first is not there:
    // { ssid: 'teacher-phone', password: secret('HOTSPOT_PASSWORD'), priority: 1 },
  ],

  broker: { host: '192.168.0.10', user: 'kits', password: secret('MQTT_PASSWORD') },

  // Telemetry to the gateway over HTTP as well, where nothing that waits during an outage counts twice:
  // report: { by: 'http' },
  // An echo, for `lamplighter bench run --kit`:
  // echo: {},

  lamp: { holdMs: 10_000, darkBelow: 300, brightFrom: 320 },
  telemetryMs: 10_000,

  kits: [
    // With mac: '5c:cf:7f:01:02:03' no other board becomes this kit by mistake.
    { kit: 2 },
    // The relay on GPIO 14 (D5), where the lamp does not flicker at power-on: docs/hardware.md.
    { kit: 3, pins: { relay: 14 } },
    // Another board brings its own pins.
    { kit: 4, board: 'esp32' },
  ],
});
