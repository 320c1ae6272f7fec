import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { exitCodeOf } from '../../../cli/board-console';
import { BoardError, BoardScriptError } from '../../../flashing/console';
import { consoleOn, wiredBoard, Wire } from './wire';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** What a promise came to, when all the time there is has passed. */
async function outcome<T>(promise: Promise<T>): Promise<T | Error> {
  const settled = promise.catch((error: Error) => error);
  await vi.advanceTimersByTimeAsync(60_000);
  return settled;
}

async function failure(promise: Promise<unknown>): Promise<BoardError> {
  const error = await outcome(promise);
  expect(error).toBeInstanceOf(BoardError);
  return error as BoardError;
}

const greetMs = 6500;

describe('greeting a board', () => {
  it('finds out which Espruino it is', async () => {
    const { console } = wiredBoard();
    await outcome(console.greet(undefined, greetMs));
    expect(console.version).toBe('2v29');
  });

  it('neither runs nor keeps what somebody has half typed, and interrupts nothing', async () => {
    const { console, wire, value } = wiredBoard();
    wire.write('half=1;[1,(');
    await outcome(console.greet(undefined, greetMs));
    expect(console.version).toBe('2v29');
    expect(value('typeof half')).toBe('undefined');
    expect(wire.typed).not.toContain('\x03');
  });

  it('gets past the password, which it sends as it is', async () => {
    const { console, run } = wiredBoard();
    run('E.setPassword("p\\xc3\\xa4ss!");E.lockConsole()');
    await outcome(console.greet('p\xc3\xa4ss!', greetMs));
    expect(console.version).toBe('2v29');
  });

  it('asks for the password again once it is locked, and locks nothing that was open', async () => {
    const { console, board, run } = wiredBoard();
    run('E.setPassword("secret99")');
    await outcome(console.greet('secret99', greetMs));
    console.lock();
    expect(board.console.locked).toBe(false);
    run('E.lockConsole()');
    await outcome(console.greet('secret99', greetMs));
    expect(board.console.locked).toBe(false);
    console.lock();
    expect(board.console.locked).toBe(true);
  });

  it('does not take the refusal of what was sent before for that of the password', async () => {
    const { console, wire, run } = wiredBoard();
    run('E.setPassword("secret99");E.lockConsole()');
    const say = wire.say.bind(wire);
    // The prompt that was there before comes first, as it does over a network.
    wire.say = (bytes) => void setTimeout(() => say(bytes), 20);
    setTimeout(() => say('password>'), 1);
    await outcome(console.greet('secret99', greetMs));
    expect(console.version).toBe('2v29');
  });

  it('gets past the password of a kit that prints its own lines all the time', async () => {
    const { console, run, clock } = wiredBoard();
    run(
      'E.setPassword("secret99");E.lockConsole();' +
        'setInterval(function(){print("echo: UDP 9999, TCP 9997\\nlink: no broker; next attempt in 2 s\\n>")},7)',
    );
    setInterval(() => clock.advance(10), 10);
    const lines: string[] = [];
    console.onLine = (line) => lines.push(line);
    await outcome(console.greet('secret99', greetMs));
    expect(console.version).toBe('2v29');
    expect(await outcome(console.evaluate('"x".repeat(3000)+">>"'))).toBe('x'.repeat(3000) + '>>');
    expect(new Set(lines)).toContain('echo: UDP 9999, TCP 9997');
    expect(lines.join()).not.toContain('<<');
  });

  it('waits for a board that takes its time over the password', async () => {
    const wire = new Wire((bytes) => {
      const number = /<(\d+)=/.exec(bytes)?.[1];
      if (bytes === 'secret99\n') setTimeout(() => wire.say('\r\n  Logged in.\r\n>'), 2000);
      else if (wire.typed.includes('secret99') && number) wire.say(`<<${number}="2v29">>\r\n`);
      else if (!wire.typed.includes('secret99')) wire.say('\r\npassword>');
    });
    const board = consoleOn(wire);
    await outcome(board.greet('secret99', greetMs));
    expect(board.version).toBe('2v29');
  });

  it('says that a password is wanted, or was refused, and never which', async () => {
    const { console, run } = wiredBoard();
    run('E.setPassword("secret99");E.lockConsole()');
    const wanted = await failure(console.greet(undefined, greetMs));
    expect([wanted.kind, wanted.message]).toEqual([
      'locked',
      expect.stringMatching(/^the console at \/dev\/ttyUSB0 wants a password/),
    ]);
    const refused = await failure(console.greet('secret98', greetMs));
    expect([refused.kind, refused.message]).toEqual([
      'locked',
      'the console at /dev/ttyUSB0 refused the password: the board was flashed with another one',
    ]);
  });

  it('takes a locked console for one, though what is sent before has been taken for passwords', async () => {
    // Ctrl-C stands in the line when the lock falls: the next line is refused, and the one after it is not.
    let asked = 0;
    const wire = new Wire((bytes, { say }) => {
      if (++asked < 4) return;
      say.call(
        wire,
        bytes === 'secret99\n' ? '\r\n  Logged in.\r\n>' : '\r\n  Invalid password\r\npassword>',
      );
    });
    const greeting = consoleOn(wire).greet('secret99', greetMs);
    await outcome(greeting);
    expect(wire.typed).toContain('\x03');
    expect(wire.typed).toContain('secret99\n');
  });

  it('tells a silent board after the time it was given', async () => {
    const start = Date.now();
    const wire = new Wire();
    const greeting = consoleOn(wire)
      .greet(undefined, greetMs)
      .catch((error: BoardError) => ({ kind: error.kind, message: error.message, ms: Date.now() - start }));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await greeting).toEqual({
      kind: 'silent',
      message: expect.stringMatching(/^the board at \/dev\/ttyUSB0 says nothing: is it the right port/),
      ms: greetMs,
    });
  });

  it('interrupts a board that does not answer', async () => {
    let interrupted = false;
    const { console, wire } = wiredBoard();
    const receive = wire.write.bind(wire);
    wire.write = (bytes) => {
      interrupted ||= bytes === '\x03';
      if (interrupted) receive(bytes);
    };
    await outcome(console.greet(undefined, greetMs));
    expect([interrupted, console.version]).toEqual([true, '2v29']);
  });

  it('answers that the connection broke', async () => {
    const wire = new Wire(() => wire.break());
    const error = await failure(consoleOn(wire).greet(undefined, greetMs));
    expect([error.kind, error.message]).toEqual([
      'lost',
      expect.stringContaining('the connection to /dev/ttyUSB0 broke'),
    ]);
  });
});

describe('a board that does not answer as Espruino', () => {
  it.each([
    ['MicroPython', 'MicroPython v1.22.0 on 2023-12-27; ESP module with ESP8266\r\n>>> '],
    [
      'MicroPython',
      '>>> \r\nTraceback (most recent call last):\r\n  File "<stdin>", line 1\r\nSyntaxError\r\n>>> ',
    ],
    ['CircuitPython', 'Adafruit CircuitPython 8.2.6 on 2023-09-12\r\n>>> '],
    ['Tasmota', '00:00:12.345 RSL: RESULT = {"Command":"Unknown"}\r\n'],
    ['ESPHome', "[D][sensor:093]: 'Uptime': Sending state 12 s\r\n"],
    ['NodeMCU Lua', '\r\nNodeMCU 3.0.0.0 \r\nbuild powered by Lua 5.1.4\r\n> '],
    ['NodeMCU Lua', "stdin:1: unexpected symbol near 'print'\r\n> "],
    ['AT command firmware', 'print("x")\r\n\r\nERROR\r\n'],
    ['an empty flash', 'rst:0x10 (RTCWDT_RTC_RESET),boot:0x13\r\ninvalid header: 0xffffffff\r\n'],
    ['own loader', 'rst:0x1 (POWERON_RESET),boot:0x3 (DOWNLOAD_BOOT)\r\nwaiting for download\r\n'],
    ['crashes as it starts', 'rst:0xc (SW_CPU_RESET),boot:0x13\r\nGuru Meditation Error: Core 0\r\n'],
  ])('looks like %s', async (firmware, says) => {
    const wire = new Wire(() => wire.say(says));
    const error = await failure(consoleOn(wire).greet(undefined, greetMs));
    expect([error.kind, error.message]).toEqual([
      'not-espruino',
      expect.stringMatching(new RegExp(`the board at /dev/ttyUSB0 does not run Espruino: .*${firmware}`)),
    ]);
    expect(wire.typed).not.toContain('\x03');
  });

  it('is one of another speed when its bytes are no text', async () => {
    const wire = new Wire(() => wire.say('r\xe4\x00\x9e\x82l\xe0\x0c|\x8e\x02\xf0\x92'));
    const error = await failure(consoleOn(wire).greet(undefined, greetMs));
    expect([error.kind, error.message]).toEqual([
      'not-espruino',
      expect.stringContaining('unreadable bytes'),
    ]);
  });

  it('is quoted when nothing tells what it is', async () => {
    const wire = new Wire(() => wire.say('temp=25.5\r\n'));
    const error = await failure(consoleOn(wire).greet(undefined, greetMs));
    expect([error.kind, error.message]).toEqual([
      'not-espruino',
      expect.stringContaining('it says "temp=25.5".'),
    ]);
  });

  it.each([
    'link: no broker; next attempt in 4 s\r\n',
    'echo: UDP 9999, TCP 9997\r\n',
    'Lamplighter 0.1.0, boot 9, board 5c:cf:7f:01:02:03\r\n',
    '\r\x1b[Jreport: 10.0.0.5:5000 does not answer; next attempt in 8 s\r\n',
  ])('is a busy kit when what it says is a kit’s: %j', async (says) => {
    const wire = new Wire(() => wire.say(says));
    const error = await failure(consoleOn(wire).greet(undefined, greetMs));
    expect([error.kind, error.message]).toEqual(['silent', expect.stringContaining('try again')]);
  });

  it('is an Espruino that hangs when its prompt was seen', async () => {
    const wire = new Wire(() => wire.say('\r\n>'));
    const error = await failure(consoleOn(wire).greet(undefined, greetMs));
    expect([error.kind, error.message]).toEqual(['silent', expect.stringContaining('npm run rescue')]);
  });
});

describe('a question', () => {
  it.each<[string, unknown]>([
    ['1+1', 2],
    ['"\\xb0\\n"', '\xb0\n'],
    ['[1,{a:"x>>"}]', [1, { a: 'x>>' }]],
    ['"y".repeat(5000).length', 5000],
    ['null', null],
  ])('%s is answered', async (expression, answer) => {
    const { console } = wiredBoard();
    expect(await outcome(console.evaluate(expression))).toEqual(answer);
  });

  it('is answered beside what the board prints, which the listener gets line by line', async () => {
    const { console } = wiredBoard();
    const lines: string[] = [];
    console.onLine = (line) => lines.push(line);
    const answers = Promise.all([
      console.evaluate('(print("one\\ntwo"),1)'),
      console.evaluate('(print("<<1=9>>"),2)'),
      console.evaluate('3'),
    ]);
    expect(await outcome(answers)).toEqual([1, 2, 3]);
    expect(lines).toEqual(['one', 'two']);
  });

  it('waits for the answer to the one before it', async () => {
    const wire = new Wire();
    const board = consoleOn(wire);
    const answers = Promise.all([board.evaluate('first'), board.evaluate('second')]);
    await vi.advanceTimersByTimeAsync(1000);
    expect(wire.typed).not.toContain('second');
    wire.say(`<<${/<(\d+)=/.exec(wire.typed)![1]}=1>>\r\n`);
    await vi.advanceTimersByTimeAsync(1);
    wire.say(`<<${/<(\d+)="\+JSON\.stringify\(second/.exec(wire.typed)![1]}=2>>\r\n`);
    expect(await outcome(answers)).toEqual([1, 2]);
  });

  it('that throws on the board gives the message of the board', async () => {
    const { console } = wiredBoard();
    const error = await outcome(console.evaluate('(function(){throw new Error("no such pin")})()'));
    expect(error).toBeInstanceOf(BoardScriptError);
    expect((error as Error).message).toBe('no such pin');
  });

  it('without an answer ends in time, and its late answer is not taken for the next one', async () => {
    const marks: string[] = [];
    const wire = new Wire((bytes) => {
      marks.push(/<(\d+)=/.exec(bytes)![1]!);
      if (marks.length === 2) wire.say(`<<${marks[0]}="late">>\r\n<<${marks[1]}="right">>\r\n`);
    });
    const board = consoleOn(wire);
    const error = await failure(board.evaluate('first', 2000));
    expect([error.kind, error.message]).toEqual([
      'silent',
      'the board at /dev/ttyUSB0 did not answer within 2 s',
    ]);
    expect(await outcome(board.evaluate('second'))).toBe('right');
  });

  it('is answered though the answer comes byte by byte', async () => {
    const wire = new Wire((bytes) => {
      for (const byte of `>\r\x1b[J<<${/<(\d+)=/.exec(bytes)![1]}={"a":[1]}>>\r\n>`) wire.say(byte);
    });
    expect(await outcome(consoleOn(wire).evaluate('x'))).toEqual({ a: [1] });
  });

  it('is answered though a lost byte has left a line open before it', async () => {
    const { console, wire } = wiredBoard();
    wire.write('\x10print((1;\n');
    expect(await outcome(console.evaluate('1'))).toBe(1);
  });

  it('of more than one line of ASCII is a mistake of the caller’s', async () => {
    const { console } = wiredBoard();
    expect(await outcome(console.evaluate('1\n2'))).toBeInstanceOf(TypeError);
    expect(await outcome(console.evaluate('"°"'))).toBeInstanceOf(TypeError);
  });

  it('to a board that is gone says so', async () => {
    const wire = new Wire();
    const board = consoleOn(wire);
    wire.break();
    expect((await failure(board.evaluate('1'))).kind).toBe('lost');
  });
});

it('a statement is run without echo, in place of what is half typed', () => {
  const { console, wire, value } = wiredBoard();
  wire.typed = '';
  wire.write('half=1;');
  console.send('sent=2');
  expect(wire.typed).toBe('half=1;\x1b[2H\x10sent=2\n');
  expect(value('[typeof half,sent]')).toEqual(['undefined', 2]);
});

it('every failure has an exit code, and none is 0 or that of anything else', () => {
  const kinds = [
    'bad-port',
    'no-port',
    'no-permission',
    'busy',
    'refused',
    'not-espruino',
    'locked',
  ] as const;
  expect(kinds.map(exitCodeOf)).toEqual([2, 3, 4, 5, 6, 7, 8]);
  expect([exitCodeOf('silent'), exitCodeOf('lost')]).toEqual([6, 6]);
});
