import { address, brokerUrl, file, hostNames, type Kind, oneOf, port, whole, type Words, yes } from './kinds';

/**
 * One setting. `--web-port` on the command line, `LAMPLIGHTER_WEB_PORT` in the environment and `webPort` in the
 * configuration file are one setting; its name here is the last of these.
 */
export interface Setting<T> {
  kind: Kind<T>;
  /** What holds when nobody has said anything; undefined: nothing, or what `settings.ts` makes of the others. */
  fallback: T | undefined;
  /** What the fallback is in words, where its value does not say it. */
  fallbackWords?: Words;
  what: Words;
}

export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

const ifCertificate = (port: number): Words => ({
  en: `${port} with a certificate, else off`,
  ko: `인증서가 있으면 ${port}, 없으면 off`,
});

const none: Words = { en: 'none', ko: '없음' };

/** Every setting of the gateway, in the order in which `--help` and the documentation list them. */
export const table = {
  listen: {
    kind: address,
    fallback: '127.0.0.1',
    what: {
      en: 'address to listen on; anything but this computer alone needs credentials',
      ko: '접속을 받을 주소. 이 컴퓨터 밖에서 접속하려면 계정이 있어야 합니다',
    },
  },
  hostName: {
    kind: hostNames,
    fallback: [],
    fallbackWords: none,
    what: {
      en: "names under which browsers reach the dashboard, beside its addresses and this computer's own name",
      ko: '주소와 이 컴퓨터의 이름 말고 브라우저가 대시보드에 접속할 때 쓰는 이름',
    },
  },
  webPort: {
    kind: port,
    fallback: 5000,
    what: {
      en: 'dashboard, HTTP API and MQTT over WebSocket',
      ko: '대시보드, HTTP API, WebSocket으로 하는 MQTT',
    },
  },
  httpsPort: {
    kind: port,
    fallback: undefined,
    fallbackWords: ifCertificate(5443),
    what: { en: 'the same over TLS', ko: '같은 것을 TLS로' },
  },
  mqttPort: {
    kind: port,
    fallback: 1883,
    what: { en: 'MQTT broker', ko: 'MQTT 브로커' },
  },
  mqttsPort: {
    kind: port,
    fallback: undefined,
    fallbackWords: ifCertificate(8883),
    what: { en: 'MQTT broker over TLS', ko: 'TLS로 접속하는 MQTT 브로커' },
  },
  tcpPort: {
    kind: port,
    fallback: 9999,
    what: { en: 'readings over TCP', ko: 'TCP로 받는 측정값' },
  },
  udpPort: {
    kind: port,
    fallback: 9998,
    what: { en: 'readings over UDP', ko: 'UDP로 받는 측정값' },
  },
  openIngest: {
    kind: yes,
    fallback: false,
    what: {
      en: 'take readings over TCP, UDP and HTTP from the network without credentials, rate-limited per address',
      ko: '네트워크에서 TCP, UDP, HTTP로 오는 측정값을 계정 없이 받습니다. 주소마다 속도를 제한합니다',
    },
  },
  tlsCert: {
    kind: file,
    fallback: undefined,
    fallbackWords: none,
    what: { en: 'certificate for TLS, with its chain, PEM', ko: 'TLS 인증서와 그 체인, PEM' },
  },
  tlsKey: {
    kind: file,
    fallback: undefined,
    fallbackWords: none,
    what: { en: 'private key of the certificate, PEM', ko: '인증서의 개인 키, PEM' },
  },
  broker: {
    kind: brokerUrl,
    fallback: undefined,
    fallbackWords: { en: 'its own', ko: '직접 띄웁니다' },
    what: {
      en: 'use this broker, which runs already, instead of its own',
      ko: '브로커를 직접 띄우지 않고 이미 돌고 있는 이 브로커를 씁니다',
    },
  },
  brokerCa: {
    kind: file,
    fallback: undefined,
    fallbackWords: { en: 'those of Node.js', ko: 'Node.js가 믿는 기관' },
    what: {
      en: 'certificate of the authority behind an mqtts:// broker, PEM',
      ko: 'mqtts:// 브로커의 인증서를 발급한 기관의 인증서, PEM',
    },
  },
  data: {
    kind: file,
    fallback: 'data/lamplighter.db',
    what: { en: 'the history, an SQLite database; made when absent', ko: '기록(SQLite). 없으면 만듭니다' },
  },
  retention: {
    kind: whole('days', 0, 36_500),
    fallback: 90,
    what: {
      en: 'how many days of readings are kept; 0 keeps them for ever',
      ko: '측정값을 며칠 동안 둘지. 0이면 지우지 않습니다',
    },
  },
  credentials: {
    kind: file,
    fallback: 'data/credentials.json',
    what: {
      en: 'who may connect; `lamplighter credentials` writes it',
      ko: '접속할 수 있는 계정. `lamplighter credentials`로 만듭니다',
    },
  },
  kits: {
    kind: file,
    fallback: undefined,
    fallbackWords: { en: '`kit.config.ts`, if there', ko: '`kit.config.ts`가 있으면 그것' },
    what: {
      en: 'configuration of the kits, for the dashboard to show their hold and light levels',
      ko: '키트 설정 파일. 대시보드가 점등 시간과 밝기 기준을 보여 줄 때 씁니다',
    },
  },
  logLevel: {
    kind: oneOf('level', logLevels),
    fallback: 'info',
    what: { en: 'what is logged, and whatever is worse', ko: '이 수준과 그보다 심각한 것을 기록합니다' },
  },
  logFormat: {
    kind: oneOf('format', ['auto', 'json', 'text']),
    fallback: 'auto',
    what: {
      en: 'how: JSON lines, text for people, or auto: text on a terminal and JSON elsewhere',
      ko: '로그 형식. JSON 줄, 사람이 읽는 text, 또는 터미널에서만 text로 쓰는 auto',
    },
  },
} as const satisfies Record<string, Setting<unknown>>;

export type Table = typeof table;
export type Name = keyof Table;
export const names = Object.keys(table) as Name[];

type ValueOf<S> = S extends { kind: Kind<infer T>; fallback: infer F }
  ? F extends undefined
    ? T | undefined
    : T
  : never;

/** The value of each setting; one without a fallback may be undefined. */
export type Values = { [N in Name]: ValueOf<Table[N]> };

/** `web-port` */
export function flagOf(name: Name): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** `LAMPLIGHTER_WEB_PORT` */
export function variableOf(name: Name): string {
  return `LAMPLIGHTER_${flagOf(name).replaceAll('-', '_').toUpperCase()}`;
}
