import type { FlashTexts } from './texts';

export const en: FlashTexts = {
  title: 'Flash a board',
  lead: 'Writes firmware and configuration to a board that is plugged into this computer by USB.',
  notSecure:
    'A browser lets a page use USB only when the page comes over https or from this very computer, and this one comes over a network without https.',
  noFilesHere:
    'This gateway does not hand out what a board is flashed with: its configuration holds the passwords of WiFi and broker.',
  noWebSerial:
    'This browser has no Web Serial, so it cannot talk to a board over USB. Chrome, Edge and Opera on a computer can; phones and Safari cannot.',
  runThis: 'On the computer that the board is plugged into, in the folder of Lamplighter, run',
  openElsewhere: 'Open this address in one of them, on this computer:',
  loading: 'Getting firmware and configuration …',
  needs: [
    'Plug the board in with a USB cable that carries data.',
    'Espruino has to be on its chip: docs/flashing.md says how to put it there.',
    'Close every other program that has the port open: a serial monitor, an IDE, npm run console.',
  ],
  choose: 'Choose the board …',
  choosing: 'Choose the port of the board in the window of your browser, then “Connect”.',
  connecting: 'Talking to the board …',
  pressReset: 'The board does not answer. Press its reset button (RST or EN) once.',
  cancel: 'Cancel',
  found: 'This is the board',
  espruino: 'Interpreter',
  mac: 'Address (MAC)',
  runs: 'It runs',
  runsKit: (slot, kit) => `Lamplighter in ${slot}, as kit ${kit}`,
  runsSlot: (slot) => `Lamplighter in ${slot}`,
  runsNothing: 'no firmware yet',
  free: 'Free flash',
  bytes: (count) => `${count} bytes`,
  kit: 'It is to be',
  kitOption: (kit, board, mac) => `kit ${kit} (${board}${mac === undefined ? '' : `, ${mac}`})`,
  kitNone: 'choose a kit …',
  flash: 'Flash',
  letGo: 'Leave it as it is',
  steps: {
    look: 'Look at the board',
    stop: 'Stop its program, lamp and LED off',
    erase: 'Erase its flash, which is full of what was replaced; loader and configuration first',
    write: 'Write what is new beside what it runs',
    verify: 'Let the board compare length and checksum',
    commit: 'Make the new the one that boots',
    start: 'Restart, and wait until the kit is online',
  },
  progress: 'Progress',
  written: (percent) => `${percent} % written`,
  keepPlugged:
    'The flash is erased first: keep the board plugged in. If it loses its power now it has no firmware, and is to be flashed again.',
  mayUnplug:
    'Whatever happens now, the board boots what it booted before, or the new. If this page is closed, it restarts by itself within two minutes.',
  stop: 'Stop',
  dontWait: 'Do not wait for it',
  boardSays: 'The board says',
  done: {
    nothing: (kit) => `Nothing to write: the board is kit ${kit} as it is to be.`,
    online: (kit, bytes) => `Kit ${kit} is flashed (${bytes} bytes), verified and online.`,
    'not-online': (kit, bytes) =>
      `Kit ${kit} is flashed (${bytes} bytes) and verified. It was not seen to come online.`,
    started: (kit, bytes) => `Kit ${kit} is flashed (${bytes} bytes) and verified, and has been restarted.`,
  },
  notOnlineAdvice:
    'Is its WiFi network in reach here, and the broker running? npm run doctor looks at all of it and says what is wrong.',
  another: 'Flash another board',
  again: 'Try again',
  failed: 'That did not work',
  problems: {
    'no-secure-context': 'A browser lets a page use USB only over https or from this very computer.',
    'no-web-serial': 'This browser has no Web Serial: use Chrome, Edge or Opera on a computer.',
    'no-port-chosen':
      'No port was chosen. If the list was empty, the computer does not see the board: try another cable (some carry no data) and another USB socket, and install the driver of its USB adapter (CP210x or CH340) if the system lacks it.',
    forbidden:
      'The browser does not allow this page to use serial ports. Allow it in the settings of this site; on a managed computer the administrator does.',
    'port-not-opened':
      'The port cannot be opened. Either another program has it open (serial monitor, IDE, npm run console, another tab), or this user may not: on Linux, join the group of the port with “sudo usermod -aG dialout $USER” and log in again.',
    'browser-silent':
      'The browser does not come to an end with the port. Pull the board out, plug it in again, and reload this page.',
    'page-broken': 'A part of this page is missing. Reload it.',
    'no-files':
      'This page cannot get at what is to be flashed. Its address is good for one page, and only while “npx lamplighter flash --ui” runs: end that with Ctrl-C, run it again and use the address that it prints.',
    'bad-port': 'That is no port of a board.',
    'no-port': 'The port is gone. Plug the board in again.',
    'no-permission': 'This user may not open the port.',
    busy: 'The console of the board is in use by somebody else.',
    refused: 'The board refused the connection.',
    silent:
      'The board does not answer. Is it the right port, and is Espruino on the chip? Press its reset button and try again; npm run rescue gets hold of a board whose program wedges.',
    lost: 'The connection to the board broke: was it unplugged?',
    'not-espruino':
      'What is on this board is not Espruino, or not a version or build of it that kits run on. docs/flashing.md says how to put the right one on it, once.',
    locked:
      'The console of the board asks for a password, and none of kit.config.ts and .env is right: it was flashed with another one. npm run rescue gets hold of it.',
    'which-kit': 'Which kit is it to be?',
    'no-room':
      'The board has not enough flash for it, or could only be erased with files on it that are not Lamplighter’s.',
    'upload-failed': 'What was sent did not arrive as it was. Try again, perhaps with another cable.',
    'not-verified': 'What the board holds is not what was sent. It is given up. Try again.',
    'not-online': 'The kit is flashed, but not online.',
    'wrong-board':
      'This board is not the one that kit.config.ts describes for this kit: it has another chip, or another MAC.',
    'no-runtime': 'Espruino was not written.',
    interrupted: 'Stopped, as you wished.',
    bug: 'This is a bug of Lamplighter’s. Please report it with what stands below.',
  },
  after: {
    untouched: 'Nothing was written to the board.',
    'as-before': 'The board boots what it booted before.',
    either: 'The board boots what it booted before, or the new.',
    erased: 'Its flash was being erased, so it may hold no program now. Flash it again.',
    started: 'The board is flashed and verified.',
  },
  detail: 'What exactly',
};
