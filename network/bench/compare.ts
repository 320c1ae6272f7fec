/** What the figures of two protocols mean, in plain words. Every sentence is chosen by what was measured. */
import type { Statistics } from './statistics';

export type Language = 'en' | 'ko';

/** The same messages over both protocols; one that could not be measured has sent nothing. */
export interface ByProtocol {
  udp: Statistics;
  tcp: Statistics;
}

/** What has answered, at least one of them: a computer, and a kit, which answers from an interpreter. */
export interface Compared {
  computer?: ByProtocol | undefined;
  kit?: ByProtocol | undefined;
}

/** Closer than this share is no difference that anybody should act on. */
const even = 0.05;
/** Of fewer answers no hundredth can be told. */
const hundred = 100;
/** With fewer answers most differences are chance. */
const few = 30;

/** Some 200 words, in paragraphs. */
export function compare(compared: Compared, language: Language): string[] {
  const words = language === 'ko' ? korean : english;
  const computer = answered(compared.computer);
  const kit = answered(compared.kit);
  const first = computer ?? kit;
  if (first === undefined) return [words.nothing];
  const { udp, tcp } = first;
  const board = view(computer, kit, words);
  if (udp.answered === 0 || tcp.answered === 0)
    return [words.oneOnly(tcp.answered ? 'TCP' : 'UDP'), words.uses(udp, tcp), board];
  const faster = lower(udp.mean, tcp.mean);
  const steadier = lower(udp.deviation, tcp.deviation);
  return [
    words.speed(faster, udp.mean, tcp.mean),
    words.steadiness(steadier, udp, tcp),
    words.loss(udp, tcp),
    words.uses(udp, tcp),
    board,
    ...(fewest(udp, tcp) < few ? [words.few(fewest(udp, tcp))] : []),
  ];
}

function fewest(udp: Statistics, tcp: Statistics): number {
  return Math.min(udp.answered, tcp.answered);
}

function answered(of: ByProtocol | undefined): ByProtocol | undefined {
  return of && of.udp.answered + of.tcp.answered > 0 ? of : undefined;
}

/** What a Raspberry Pi sees of a kit. */
function view(computer: ByProtocol | undefined, kit: ByProtocol | undefined, words: Words): string {
  if (kit === undefined) return words.computer(lowerMedian(computer!));
  if (computer === undefined) return words.kit(lowerMedian(kit));
  return words.both(lowerMedian(computer), lowerMedian(kit), kit);
}

/** Of the protocols that were answered. */
function lowerMedian({ udp, tcp }: ByProtocol): number {
  return Math.min(...[udp.median, tcp.median].filter((median) => !isNaN(median)));
}

type Lower = 'UDP' | 'TCP' | 'even';

function lower(udp: number, tcp: number): Lower {
  if (Math.abs(udp - tcp) <= even * Math.max(udp, tcp)) return 'even';
  return udp < tcp ? 'UDP' : 'TCP';
}

interface Words {
  nothing: string;
  oneOnly(answered: string): string;
  speed(faster: Lower, udp: number, tcp: number): string;
  steadiness(steadier: Lower, udp: Statistics, tcp: Statistics): string;
  few(answers: number): string;
  loss(udp: Statistics, tcp: Statistics): string;
  uses(udp: Statistics, tcp: Statistics): string;
  computer(medianMs: number): string;
  kit(medianMs: number): string;
  both(computerMs: number, kitMs: number, kit: ByProtocol): string;
}

/** Three significant digits, with the unit. */
export function msText(ms: number): string {
  if (isNaN(ms)) return '-';
  return `${ms >= 100 ? ms.toFixed(0) : ms >= 10 ? ms.toFixed(1) : ms >= 1 ? ms.toFixed(2) : ms.toFixed(3)} ms`;
}

function percent(a: number, b: number): string {
  return `${Math.round((1 - Math.min(a, b) / Math.max(a, b)) * 100)} %`;
}

function ratio(kit: number, computer: number): string {
  return kit > computer
    ? `${(kit / computer).toFixed(1)} times as long`
    : `${(computer / kit).toFixed(1)} times as fast`;
}

function koreanRatio(kit: number, computer: number): string {
  return kit > computer
    ? `키트가 ${(kit / computer).toFixed(1)}배 오래 걸렸습니다.`
    : `키트가 ${(computer / kit).toFixed(1)}배 빨랐습니다.`;
}

const english: Words = {
  nothing:
    'Nothing was answered, neither over UDP nor over TCP: is the other end running, and does a firewall let it through?',
  oneOnly: (answered) =>
    `Only ${answered} was answered, so there is nothing to compare. A firewall on the way often lets one through and not the other; the other end may also have opened only one of its two ports.`,
  speed: (faster, udp, tcp) =>
    faster === 'even'
      ? `Both were equally fast: a message and its answer took ${msText(udp)} over UDP and ${msText(tcp)} over TCP in the mean, which is within the noise of such a measurement. Once a TCP connection stands and sends at once (TCP_NODELAY), each message is one packet there and one back, as with UDP.`
      : `${faster} had the lower mean: a message and its answer took ${msText(udp)} over UDP and ${msText(tcp)} over TCP, ${percent(udp, tcp)} less. ${
          faster === 'UDP'
            ? 'UDP has less to do for each message: no acknowledgement, no state, no order to keep.'
            : 'That is unusual, since TCP does more for each message; here its path through system and network was the shorter one.'
        }`,
  steadiness: (steadier, udp, tcp) =>
    `${
      steadier === 'even' ? 'Both were equally steady' : `${steadier} was steadier`
    }: the delays spread by ${msText(udp.deviation)} (standard deviation) over UDP and by ${msText(tcp.deviation)} over TCP, and ${
      fewest(udp, tcp) < hundred
        ? `the slowest answers took ${msText(udp.max)} and ${msText(tcp.max)}`
        : `99 of 100 answers came within ${msText(udp.p99)} and ${msText(tcp.p99)}`
    }.`,
  few: (answers) =>
    `With ${answers} answer${answers === 1 ? '' : 's'} all this may be chance: --count 1000 tells more.`,
  loss: (udp, tcp) => {
    const sent = `Of ${udp.sent} messages over UDP ${udp.lost} were lost and ${udp.outOfOrder} came out of order; of ${tcp.sent} over TCP ${tcp.lost} were not answered in time.`;
    return udp.lost > 0
      ? `${sent} UDP does not notice a loss: whoever needs every message must number and repeat them. TCP repeats by itself, and shows a loss as one late answer.`
      : `${sent} A wire or a quiet room loses nothing; on a busy WiFi repeat the measurement, since there UDP begins to lose and TCP to be late.`;
  },
  uses: (udp, tcp) =>
    `What suits which: ${
      udp.lost > 0 ? 'with losses like these, UDP only' : 'UDP'
    } for readings of which the next one makes up for a lost one (a temperature every ten seconds, a game, a voice), and TCP, or MQTT and HTTP on top of it, for what must arrive: a command to a lamp, an alarm, a door, an update${
      tcp.p99 > 100 ? '; with delays like these let nobody wait for its answer in the dark' : ''
    }.`,
  computer: (median) =>
    `Seen from a Raspberry Pi: the other end is a computer, and a median of ${msText(median)} is mostly its system and the network. An ESP32 on the same WiFi usually takes some milliseconds to some tens more, since its radio sleeps between beacons and an interpreter answers: measure a kit as well with --kit to see.`,
  kit: (median) =>
    `Seen from a Raspberry Pi: the other end is a kit, and a median of ${msText(median)} holds its radio, which may sleep between beacons, and its interpreter. A Pi as the other end, on the same WiFi, shows how much of it is the network: the rest is the board.`,
  both: (computerMs, kitMs, kit) =>
    `Pi against ESP32 or ESP8266: the computer answered in ${msText(computerMs)} and the kit in ${msText(kitMs)} (medians of the faster protocol), ${ratio(kitMs, computerMs)}. ${
      kitMs > computerMs
        ? `The ${msText(kitMs - computerMs)} between them are its radio, which may sleep between beacons, and its interpreter.`
        : 'Here the network, or the load of the computer, outweighs what the board takes.'
    } The kit's slowest hundredth took ${msText(kit.udp.p99)} over UDP and ${msText(kit.tcp.p99)} over TCP, with ${kit.udp.lost} and ${kit.tcp.lost} lost: enough for a lamp or a reading; what must react within milliseconds belongs on the board.`,
};

const korean: Words = {
  nothing:
    'UDP도 TCP도 응답이 하나도 없었습니다. 상대편이 실행 중인지, 방화벽이 막고 있지 않은지 확인해 주세요.',
  oneOnly: (answered) =>
    `${answered}로만 응답이 와서 비교할 수 없습니다. 중간의 방화벽이 한쪽만 통과시키거나, 상대편이 두 포트 중 하나만 열었을 수 있습니다.`,
  speed: (faster, udp, tcp) =>
    faster === 'even'
      ? `두 프로토콜의 속도는 같았습니다. 메시지를 보내고 응답을 받기까지 평균 UDP ${msText(udp)}, TCP ${msText(tcp)}로, 이런 측정에서는 오차 안에 드는 차이입니다. TCP도 일단 연결되어 바로 보내면(TCP_NODELAY) UDP처럼 메시지 하나가 패킷 하나로 가고 하나로 돌아옵니다.`
      : `평균 지연은 ${faster}가 더 짧았습니다. 메시지를 보내고 응답을 받기까지 평균 UDP ${msText(udp)}, TCP ${msText(tcp)}로 ${percent(udp, tcp).replace(' ', '')} 차이가 났습니다. ${
          faster === 'UDP'
            ? 'UDP는 확인 응답도, 연결 상태도, 순서 맞추기도 없어 메시지마다 할 일이 적습니다.'
            : 'TCP가 메시지마다 하는 일이 더 많으므로 흔한 결과는 아닙니다. 이번에는 시스템과 네트워크를 지나는 길이 TCP 쪽이 더 짧았습니다.'
        }`,
  steadiness: (steadier, udp, tcp) =>
    `${
      steadier === 'even' ? '지연이 고른 정도는 비슷했습니다.' : `지연은 ${steadier}가 더 고르게 나왔습니다.`
    } 표준편차는 UDP ${msText(udp.deviation)}, TCP ${msText(tcp.deviation)}이고, ${
      fewest(udp, tcp) < hundred
        ? `가장 느린 응답은 각각 ${msText(udp.max)}, ${msText(tcp.max)} 걸렸습니다.`
        : `응답 100개 중 99개가 각각 ${msText(udp.p99)}, ${msText(tcp.p99)} 안에 왔습니다.`
    }`,
  few: (answers) =>
    `응답이 ${answers}개뿐이라 이런 차이는 우연일 수 있습니다. --count 1000으로 재면 더 확실해집니다.`,
  loss: (udp, tcp) => {
    const sent = `UDP로 보낸 ${udp.sent}개 가운데 ${udp.lost}개가 사라졌고 ${udp.outOfOrder}개는 순서가 바뀌어 도착했습니다. TCP로 보낸 ${tcp.sent}개 가운데 제때 응답받지 못한 것은 ${tcp.lost}개입니다.`;
    return udp.lost > 0
      ? `${sent} UDP는 메시지를 잃어도 알지 못하므로, 모두 필요하면 번호를 붙여 직접 다시 보내야 합니다. TCP는 스스로 다시 보내며, 그만큼 응답 하나가 늦어질 뿐입니다.`
      : `${sent} 유선이나 한산한 무선에서는 거의 사라지지 않습니다. 붐비는 와이파이에서 다시 재어 보면 UDP는 메시지를 잃고 TCP는 늦어지기 시작합니다.`;
  },
  uses: (udp, tcp) =>
    `쓰임새는 이렇습니다. 하나를 잃어도 다음 값이 메워 주는 측정값(10초마다 보내는 온도, 게임, 음성)에는 ${
      udp.lost > 0 ? '이 정도 손실이라면 그런 경우에만 ' : ''
    }UDP가 맞고, 반드시 도착해야 하는 것(램프 명령, 경보, 문 잠금, 업데이트)에는 TCP나 그 위의 MQTT, HTTP가 맞습니다.${
      tcp.p99 > 100 ? ' 지연이 이만큼 크면 응답을 기다리는 동안 사용자에게 기다린다고 알려 주세요.' : ''
    }`,
  computer: (median) =>
    `라즈베리 파이에서 보면, 이번 상대편은 컴퓨터라서 중앙값 ${msText(median)}의 대부분은 운영 체제와 네트워크의 몫입니다. 같은 와이파이에 있는 ESP32는 무선 모듈이 비컨 사이에 절전 상태로 들어가고 인터프리터가 응답하므로 보통 수 밀리초에서 수십 밀리초가 더 걸립니다. --kit으로 키트도 함께 재어 비교해 보세요.`,
  kit: (median) =>
    `라즈베리 파이에서 보면, 이번 상대편은 키트라서 중앙값 ${msText(median)}에는 비컨 사이에 잠들 수 있는 무선과 인터프리터의 시간이 들어 있습니다. 같은 와이파이의 다른 파이를 상대로 재면 그 가운데 네트워크의 몫을 알 수 있고, 나머지가 보드의 몫입니다.`,
  both: (computerMs, kitMs, kit) =>
    `파이와 키트(ESP32, ESP8266)를 비교하면, 컴퓨터는 ${msText(computerMs)}, 키트는 ${msText(kitMs)} 만에 응답했습니다(더 빠른 프로토콜의 중앙값). ${koreanRatio(kitMs, computerMs)} ${
      kitMs > computerMs
        ? `같은 네트워크라면 그 차이 ${msText(kitMs - computerMs)}는 보드의 몫, 곧 비컨 사이에 잠들 수 있는 무선과 인터프리터의 시간입니다.`
        : '이번에는 보드가 쓰는 시간보다 네트워크나 컴퓨터의 부하가 더 컸습니다.'
    } 키트의 가장 느린 1%는 UDP ${msText(kit.udp.p99)}, TCP ${msText(kit.tcp.p99)}였고, 각각 ${kit.udp.lost}개와 ${kit.tcp.lost}개를 잃었습니다. 램프나 측정값에는 충분하지만, 수 밀리초 안에 반응해야 하는 일은 보드 안에서 처리해야 합니다.`,
};
