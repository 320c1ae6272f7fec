import type { FlashTexts } from './texts';

export const ko: FlashTexts = {
  title: '보드 굽기',
  lead: '이 컴퓨터에 USB로 꽂은 보드에 펌웨어와 설정을 씁니다.',
  notSecure:
    '브라우저는 https로 받았거나 바로 이 컴퓨터에서 받은 페이지에만 USB를 허용하는데, 이 페이지는 https 없이 네트워크로 왔습니다.',
  noFilesHere:
    '이 게이트웨이는 보드에 구울 내용을 내주지 않습니다. 설정에 WiFi와 브로커의 비밀번호가 들어 있기 때문입니다.',
  noWebSerial:
    '이 브라우저에는 Web Serial이 없어서 USB로 보드와 대화할 수 없습니다. 컴퓨터의 Chrome, Edge, Opera는 되고, 휴대전화와 Safari는 안 됩니다.',
  runThis: '보드를 꽂은 컴퓨터의 Lamplighter 폴더에서 실행하세요.',
  openElsewhere: '이 컴퓨터에 있는 그런 브라우저로 다음 주소를 여세요.',
  loading: '펌웨어와 설정을 가져오는 중 …',
  needs: [
    '데이터가 통하는 USB 케이블로 보드를 꽂으세요.',
    '칩에 Espruino가 있어야 합니다. 넣는 방법은 docs/flashing.ko.md에 있습니다.',
    '포트를 열어 둔 다른 프로그램을 모두 닫으세요. 시리얼 모니터, IDE, npm run console 등입니다.',
  ],
  choose: '보드 고르기 …',
  choosing: '브라우저 창에서 보드의 포트를 고르고 “연결”을 누르세요.',
  connecting: '보드와 대화하는 중 …',
  pressReset: '보드가 대답하지 않습니다. 리셋 단추(RST 또는 EN)를 한 번 누르세요.',
  cancel: '취소',
  found: '이 보드입니다',
  espruino: '인터프리터',
  mac: '주소(MAC)',
  runs: '지금 도는 것',
  runsKit: (slot, kit) => `${slot}의 Lamplighter, 키트 ${kit}`,
  runsSlot: (slot) => `${slot}의 Lamplighter`,
  runsNothing: '아직 펌웨어 없음',
  free: '남은 플래시',
  bytes: (count) => `${count}바이트`,
  kit: '이 보드가 될 키트',
  kitOption: (kit, board, mac) => `키트 ${kit} (${board}${mac === undefined ? '' : `, ${mac}`})`,
  kitNone: '키트를 고르세요 …',
  flash: '굽기',
  letGo: '그대로 두기',
  steps: {
    look: '보드 살펴보기',
    stop: '프로그램을 멈추고 램프와 LED 끄기',
    erase: '바뀐 옛것으로 가득 찬 플래시를 지우고 로더와 설정부터 쓰기',
    write: '지금 도는 것 옆에 새것 쓰기',
    verify: '보드가 길이와 체크섬을 견주기',
    commit: '새것으로 부팅하게 하기',
    start: '다시 시작하고 키트가 온라인이 되기를 기다리기',
  },
  progress: '진행',
  written: (percent) => `${percent} % 씀`,
  keepPlugged:
    '플래시를 먼저 지웁니다. 보드를 뽑지 마세요. 지금 전원이 끊기면 펌웨어가 없는 상태가 되므로 다시 구워야 합니다.',
  mayUnplug:
    '이제 무슨 일이 생겨도 보드는 전에 부팅하던 것이나 새것으로 부팅합니다. 이 페이지를 닫으면 2분 안에 스스로 다시 시작합니다.',
  stop: '멈추기',
  dontWait: '기다리지 않기',
  boardSays: '보드의 말',
  done: {
    nothing: (kit) => `쓸 것이 없습니다. 보드는 이미 제대로 된 키트 ${kit}입니다.`,
    online: (kit, bytes) => `키트 ${kit}: 굽고(${bytes}바이트) 확인했으며 온라인입니다.`,
    'not-online': (kit, bytes) =>
      `키트 ${kit}: 굽고(${bytes}바이트) 확인했습니다. 온라인이 되는 것은 보지 못했습니다.`,
    started: (kit, bytes) => `키트 ${kit}: 굽고(${bytes}바이트) 확인한 뒤 다시 시작했습니다.`,
  },
  notOnlineAdvice:
    '여기서 그 WiFi가 잡히고 브로커가 돌고 있나요? npm run doctor가 모두 살펴보고 무엇이 잘못인지 말해 줍니다.',
  another: '다른 보드 굽기',
  again: '다시 해 보기',
  failed: '되지 않았습니다',
  problems: {
    'no-secure-context': '브라우저는 https이거나 바로 이 컴퓨터에서 받은 페이지에만 USB를 허용합니다.',
    'no-web-serial': '이 브라우저에는 Web Serial이 없습니다. 컴퓨터의 Chrome, Edge, Opera를 쓰세요.',
    'no-port-chosen':
      '포트를 고르지 않았습니다. 목록이 비어 있었다면 컴퓨터가 보드를 보지 못하는 것입니다. 다른 케이블(데이터가 안 통하는 것도 있습니다)과 다른 USB 단자를 써 보고, 시스템에 없으면 USB 어댑터(CP210x 또는 CH340) 드라이버를 설치하세요.',
    forbidden:
      '브라우저가 이 페이지에 시리얼 포트를 허용하지 않습니다. 이 사이트의 설정에서 허용하세요. 관리되는 컴퓨터라면 관리자가 합니다.',
    'port-not-opened':
      '포트를 열 수 없습니다. 다른 프로그램(시리얼 모니터, IDE, npm run console, 다른 탭)이 열어 두었거나 이 사용자에게 권한이 없습니다. Linux에서는 “sudo usermod -aG dialout $USER”로 포트의 그룹에 들어간 뒤 다시 로그인하세요.',
    'browser-silent':
      '브라우저가 포트 일을 끝내지 못합니다. 보드를 뽑았다가 다시 꽂고 이 페이지를 새로 고치세요.',
    'page-broken': '이 페이지의 일부가 없습니다. 새로 고치세요.',
    'no-files':
      '구울 내용을 가져올 수 없습니다. 이 주소는 한 페이지에서만, “npx lamplighter flash --ui”가 도는 동안만 쓸 수 있습니다. Ctrl-C로 끝내고 다시 실행해서 새로 나온 주소를 쓰세요.',
    'bad-port': '보드의 포트가 아닙니다.',
    'no-port': '포트가 사라졌습니다. 보드를 다시 꽂으세요.',
    'no-permission': '이 사용자는 포트를 열 수 없습니다.',
    busy: '보드의 콘솔을 다른 쪽에서 쓰고 있습니다.',
    refused: '보드가 연결을 거절했습니다.',
    silent:
      '보드가 대답하지 않습니다. 맞는 포트인가요, 칩에 Espruino가 있나요? 리셋 단추를 누르고 다시 해 보세요. 프로그램이 멎은 보드는 npm run rescue로 되찾습니다.',
    lost: '보드와의 연결이 끊겼습니다. 뽑혔나요?',
    'not-espruino':
      '이 보드에 있는 것은 Espruino가 아니거나, 키트가 도는 버전이나 빌드가 아닙니다. 맞는 것을 한 번 넣는 방법이 docs/flashing.ko.md에 있습니다.',
    locked:
      '보드의 콘솔이 비밀번호를 묻는데 kit.config.ts와 .env의 어느 것도 맞지 않습니다. 다른 비밀번호로 구운 보드입니다. npm run rescue로 되찾습니다.',
    'which-kit': '어느 키트가 될까요?',
    'no-room': '보드의 플래시가 모자라거나, 지우면 Lamplighter 것이 아닌 파일까지 사라집니다.',
    'upload-failed': '보낸 것이 그대로 도착하지 않았습니다. 다른 케이블로 다시 해 보세요.',
    'not-verified': '보드가 가진 것이 보낸 것과 다릅니다. 버렸습니다. 다시 해 보세요.',
    'not-online': '키트를 구웠지만 온라인이 아닙니다.',
    'wrong-board': 'kit.config.ts가 이 키트의 보드로 적은 것이 아닙니다. 칩이나 MAC이 다릅니다.',
    'no-runtime': 'Espruino를 쓰지 못했습니다.',
    interrupted: '멈추었습니다.',
    bug: 'Lamplighter의 버그입니다. 아래 내용을 알려 주세요.',
  },
  after: {
    untouched: '보드에는 아무것도 쓰지 않았습니다.',
    'as-before': '보드는 전에 부팅하던 것으로 부팅합니다.',
    either: '보드는 전에 부팅하던 것이나 새것으로 부팅합니다.',
    erased: '플래시를 지우던 중이라 지금은 프로그램이 없을 수 있습니다. 다시 구우세요.',
    started: '보드를 굽고 확인했습니다.',
  },
  detail: '자세히',
};
