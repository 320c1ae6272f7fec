/**
 * What differs from kit to kit: the content of `kit.json` in the board's Storage.
 * Every key is on the wire between host and board, so the build never renames it.
 */
export interface KitSettings {
  /** Kit number, 1..9999: the topic is `iot/<kit>`, the client id `kit_<kit>`. */
  kit: number;
  board: BoardName;
  /** The board this kit belongs to, `aa:bb:cc:dd:ee:ff` in lower case; any board when absent. */
  mac?: string;
  pins: PinSettings;
  /** Output level that lights the LED. */
  ledOn: number;
  /** Output level that lights the lamp: 0 for the usual active-low relay module. */
  relayOn: number;
  /** I2C address of the SSD1306; 0 when no OLED is fitted. */
  oled: number;
  lamp: LampSettings;
  /** Cadence of telemetry, the DHT22 and the OLED, in milliseconds, 2,000..3,600,000. */
  telemetryMs: number;
  /** The first has the highest priority, 1..8 entries. */
  networks: NetworkSettings[];
  broker: BrokerSettings;
  /** Where telemetry goes beside the broker, or in its place; to the broker alone when absent. */
  report?: ReportSettings;
  /** The other end of the network benchmark listens; absent: it does not. */
  echo?: EchoSettings;
  /** Password of the WiFi console; when absent the console is stopped at boot. */
  console?: string;
}

export type BoardName = 'nodemcu' | 'esp32';

/** GPIO numbers; `cds` is `"A0"` on ESP8266, whose only analogue input has no GPIO number. */
export interface PinSettings {
  led: number;
  relay: number;
  dht22: number;
  cds: number | string;
  sda: number;
  scl: number;
}

export interface LampSettings {
  /** How long the lamp stays lit, in milliseconds, 1,000..3,600,000. */
  holdMs: number;
  /** Light below this is dark, 1..1022. */
  darkBelow: number;
  /** Light from this on is bright, darkBelow+1..1023. */
  brightFrom: number;
}

/** Names and passwords are byte strings: UTF-8 where they are not ASCII. */
export interface NetworkSettings {
  ssid: string;
  /** Absent for an open network. */
  password?: string;
  hidden?: boolean;
}

export interface BrokerSettings {
  host: string;
  port: number;
  user?: string;
  password?: string;
}

export interface ReportSettings {
  by: 'http' | 'tcp' | 'udp';
  host: string;
  port: number;
  /** For HTTP Basic. */
  user?: string;
  password?: string;
  /** False: telemetry is not published over MQTT. */
  mqtt?: false;
}

export interface EchoSettings {
  udpPort: number;
  tcpPort: number;
}

/** What the board finds wrong with what it read, or an empty string. The host has checked more. */
export function settingsError(settings: KitSettings): string {
  const lamp = settings.lamp;
  if (!(settings.kit > 0 && settings.kit < 10_000)) return 'kit: expected 1 to 9999';
  if (!(lamp && lamp.holdMs >= 1000 && lamp.holdMs <= 3_600_000))
    return 'lamp.holdMs: expected 1000 to 3600000';
  if (!(lamp.darkBelow > 0 && lamp.brightFrom > lamp.darkBelow && lamp.brightFrom < 1024))
    return 'lamp: expected 0 < darkBelow < brightFrom < 1024';
  if (!(settings.telemetryMs >= 2000)) return 'telemetryMs: expected 2000 or more';
  if (!(settings.networks && settings.networks.length > 0 && settings.broker && settings.broker.host))
    return 'expected networks and a broker';
  return '';
}
