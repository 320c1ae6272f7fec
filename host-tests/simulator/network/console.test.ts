import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type Socket, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import vm from 'node:vm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Flash, VirtualBoard, VirtualClock, esp8266StorageBytes } from '../../../simulator';
import { VirtualNetwork } from '../../../simulator/network';
import { Console, type ConsoleTarget, lineMax } from '../../../simulator/console';
import { parseConsoleArguments, spawnConsoleBoard } from '../../../simulator/console-process';
import { ConsoleServer } from '../../../simulator/console-server';

/** A board that does nothing but evaluate. */
class Evaluator implements ConsoleTarget {
  readonly console: ConsoleTarget['console'] = { password: undefined, locked: false, echo: true };
  onPrint: (line: string) => void = () => {};
  readonly #context = vm.createContext({
    print: (text: string) => this.onPrint(String(text)),
    lock: (password: string) => Object.assign(this.console, { password, locked: true }),
    echo: (on: boolean) => (this.console.echo = on),
  });

  evaluate(code: string): unknown {
    return vm.runInContext(code, this.#context);
  }

  inspect(value: unknown): string {
    return String(value);
  }

  describe(error: unknown): string {
    return `Uncaught ${String(error)}\n    at REPL`;
  }
}

/** A console, and what it has answered to each piece that was typed. */
function screen() {
  const target = new Evaluator();
  let written = '';
  const console = new Console(target, (bytes) => (written += bytes));
  target.onPrint = (line) => console.print(line);
  const take = (): string => {
    const text = written;
    written = '';
    return text;
  };
  const type = async (bytes: string): Promise<string> => {
    console.receive(bytes);
    await Promise.resolve();
    return take();
  };
  return { target, console, take, type };
}

describe('the console, byte by byte', () => {
  // What the real interpreter (2v29, telnet console) answers to the same bytes, but for the texts of errors.
  const dialogue: [typed: string, answered: string][] = [
    ['\n', '\r\n>'],
    ['1+2\n', '1+2\r\n=3\r\n>'],
    ['missing\n', 'missing\r\nUncaught ReferenceError: missing is not defined\r\n    at REPL\r\n>'],
    ['print("hi")\n', 'print("hi")\r\nhi\r\n=undefined\r\n>'],
    ['\x10print("< <<1>> >")\n', '< <<1>> >\r\n>'],
    ['\x101+2\n', ''],
    ['\x10missing\n', 'Uncaught ReferenceError: missing is not defined\r\n    at REPL\r\n>'],
    ['function f() {\n', 'function f() {\r\n:'],
    ['return "}";\n', 'return "}";\r\n:'],
    ['} f()\n', '} f()\r\n=}\r\n>'],
    ['(1+\x1b\n2)\n', '(1+\r\n:2)\r\n=3\r\n>'],
    ['[1,/[(]/.test("(")][1]\n', '[1,/[(]/.test("(")][1]\r\n=true\r\n>'],
    ['`a\n', '`a\r\n:'],
    ['b`.length\n', 'b`.length\r\n=3\r\n>'],
    ['abc\b\b', 'abc\b \b\b \b'],
    ['\x7f', '\b \b'],
    ['\b', ''],
    ['9\r\n', '9\r\n=9\r\n>'],
    ['8\r', '8\r\n=8\r\n>'],
    ['junk', 'junk'],
    ['\x03', '\r\x1b[J>'],
    ['\x10junk\x03', '>'],
    ['half(', 'half('],
    ['\x1b[2H', '\r\x1b[J>'],
    ['7\n', '7\r\n=7\r\n>'],
    ['\x1b[A\x1b[12d\x1bOH6\n', '6\r\n=6\r\n>'],
    ['1\n2\n', '1\r\n=1\r\n=2\r\n>'],
    ['echo(false)\n', 'echo(false)\r\n'],
    ['1+1\n', ''],
    ['echo(true)\n', '=true\r\n>'],
    ['lock("pw"); 0\n', 'lock("pw"); 0\r\n=0\r\npassword>'],
    ['1+1\n', '\r\n  Invalid password\r\npassword>'],
    ['pw\n', '\r\n  Logged in.\r\n>'],
    ['1+1\n', '1+1\r\n=2\r\n>'],
  ];

  it('answers as Espruino does', async () => {
    const { take, type } = screen();
    expect(take()).toBe('>');
    for (const [typed, answered] of dialogue) expect([typed, await type(typed)]).toEqual([typed, answered]);
  });

  it('answers the same when every byte comes alone, but for what a burst hides', async () => {
    const { take, type } = screen();
    take();
    for (const [typed, answered] of dialogue) {
      if (typed === '1\n2\n') continue;
      let got = '';
      for (const byte of typed) got += await type(byte);
      expect([typed, got]).toEqual([typed, answered]);
    }
  });

  it('takes the prompt and what was typed away for what the board prints, and brings both back', async () => {
    const { console, take, type } = screen();
    await type('half');
    take();
    console.print('later');
    console.print('and more');
    await Promise.resolve();
    expect(take()).toBe('\r\x1b[Jlater\r\nand more\r\n>half');
  });

  it('drops a line that is too long, says so, and goes on', async () => {
    const { target, take, type } = screen();
    await type(`print("${'x'.repeat(lineMax)}")`);
    take();
    expect(await type('\n')).toBe(`\r\x1b[JERROR: a line of more than ${lineMax} bytes was dropped\r\n>`);
    let printed = '';
    target.onPrint = (line) => (printed += line);
    await type('\x10print("still here")\n');
    expect(printed).toBe('still here');
  });
});

describe('the console on a port', () => {
  let target: Evaluator;
  let server: ConsoleServer;
  let port: number;
  const sockets: Socket[] = [];

  beforeEach(async () => {
    target = new Evaluator();
    server = new ConsoleServer(target);
    target.onPrint = (line) => server.print(line);
    port = await server.listen(0);
  });

  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    await server.close();
  });

  /** Connects, and collects what comes. */
  function client(): { socket: Socket; until(text: string): Promise<string>; ended: Promise<string> } {
    const socket = connect(port, '127.0.0.1');
    sockets.push(socket);
    let got = '';
    let look = (): void => {};
    socket.on('data', (data) => {
      got += data.toString('latin1');
      look();
    });
    socket.on('error', () => {});
    const ended = new Promise<string>((resolve) => socket.on('close', () => resolve(got)));
    const until = (text: string): Promise<string> =>
      new Promise((resolve) => {
        look = () => {
          if (!got.includes(text)) return;
          resolve(got);
          got = '';
        };
        look();
      });
    return { socket, until, ended };
  }

  it('talks to one client, tells others that it is in use, and is free again afterwards', async () => {
    const first = client();
    await first.until('>');
    const second = client();
    // Unread, it would keep the connection, and with it the server, from ever closing.
    second.socket.write('1+2\n');
    expect(await second.ended).toBe('The console is in use by another connection.\r\n');
    first.socket.write('1+2\n');
    expect(await first.until('=3\r\n>')).toBe('1+2\r\n=3\r\n>');
    first.socket.destroy();
    await first.ended;
    // The server hears of it a moment later.
    for (let free = false; !free;) {
      const third = client();
      free = await Promise.race([third.until('>').then(() => true), third.ended.then(() => false)]);
    }
  });

  it.each([
    ['a request of a web page', 'GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\nprint("evil")\n'],
    ['a form that was sent', 'POST /print("evil") HTTP/1.1\r\n\r\nprint("evil")\n'],
    ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['TLS', '\x16\x03\x01\x00\xff\nprint("evil")\n'],
  ])('drops %s without evaluating anything', async (_, bytes) => {
    let evaluated = 0;
    target.evaluate = () => evaluated++;
    const whole = client();
    whole.socket.write(Buffer.from(bytes, 'latin1'));
    expect(await whole.ended).toBe('>');
    const split = client();
    await split.until('>');
    for (const byte of bytes.slice(0, 8)) {
      split.socket.write(Buffer.from(byte, 'latin1'));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await split.ended;
    expect(evaluated).toBe(0);
  });

  it('lets a line pass that only begins like a request', async () => {
    const one = client();
    await one.until('>');
    one.socket.write('P');
    one.socket.write('UT=4\n');
    expect(await one.until('=4')).toContain('PUT=4');
  });

  it('listens on loopback only', async () => {
    const other = connect(port, '127.0.0.2');
    const [error] = (await once(other, 'error')) as [NodeJS.ErrnoException];
    expect(['ECONNREFUSED', 'EADDRNOTAVAIL']).toContain(error.code);
  });
});

describe('the console of a virtual board', () => {
  it('uploads to .bootcde as Espruino’s command line tool does, and load() runs it', async () => {
    const clock = new VirtualClock();
    let written = '';
    const lines: string[] = [];
    const board = new VirtualBoard({
      chip: 'esp8266',
      clock,
      flash: new Flash({ bytes: esp8266StorageBytes }),
      network: new VirtualNetwork(clock),
      mac: '5c:cf:7f:00:00:01',
      wiring: { led: 16, relay: 2, dht22: 0, cds: 'A0', sda: 4, scl: 5, oled: 60 },
      print: (line) => {
        lines.push(line);
        console.print(line);
      },
    });
    const console = new Console(board, (bytes) => (written += bytes));
    board.powerOn();
    await Promise.resolve();
    const type = async (bytes: string): Promise<string> => {
      written = '';
      console.receive(bytes);
      await Promise.resolve();
      clock.advance(250);
      await Promise.resolve();
      return written;
    };
    expect(await type('\n')).toBe('\r\n>');
    const environment = await type('\x10print("<","<<",JSON.stringify(process.env),">>",">")\n');
    expect(JSON.parse(environment.split('< <<')[1]!.split('>> >')[0]!)).toMatchObject({
      BOARD: 'ESP8266_4MB',
    });
    expect(await type('\x10reset();\n')).toMatch(/espruino\.com[^]*>$/);
    expect(await type('\x10print()\n')).toBe('\r\n>');
    const code = `digitalWrite(16,1);${'//'.padEnd(1_500, 'x')}\nprint("started");`;
    for (let at = 0; at < code.length; at += 1_024) {
      const part = JSON.stringify(code.slice(at, at + 1_024));
      const size = at === 0 ? `,${code.length}` : '';
      expect(await type(`\x10require("Storage").write(".bootcde",${part},${at}${size});\n`)).toBe('');
    }
    expect(await type('\x10load()\n')).toContain('started\r\n>');
    expect(board.led.level).toBe(1);
    expect(lines.filter((line) => line === 'started')).toHaveLength(1);
  });

  it('runs in a process of its own, where the upload outlives it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'console-'));
    const flash = join(folder, 'flash.bin');
    const options = parseConsoleArguments(['--flash', flash]);
    const session = async (typed: string, awaited: string): Promise<void> => {
      const child = spawnConsoleBoard(options);
      let printed = '';
      const announced = new Promise<number>((resolve, reject) => {
        child.stdout!.on('data', (data: Buffer) => {
          printed += data.toString();
          const port = /console on 127\.0\.0\.1:(\d+)/.exec(printed);
          if (port !== null) resolve(Number(port[1]));
        });
        child.on('exit', () => reject(new Error(printed)));
      });
      const socket = connect(await announced, '127.0.0.1');
      let got = printed;
      await new Promise<void>((resolve) => {
        socket.on('data', (data) => {
          got += data.toString('latin1');
          if (got.includes(awaited)) resolve();
        });
        socket.write(typed);
      });
      socket.destroy();
      child.kill();
      await once(child, 'close');
    };
    await session('\x10require("Storage").write(".bootcde","print(1+\\"-up\\")");load()\n', '1-up');
    await session('\n', '1-up');
    rmSync(folder, { recursive: true });
  });

  it.each([
    [['--port', '70000'], '--port: expected a number from 0 to 65535, got 70000'],
    [['--chip', 'esp31'], '--chip: expected esp8266 or esp32, got esp31'],
    [['--mac', 'aa:bb'], '--mac: expected six bytes such as 5c:cf:7f:00:00:02, got aa:bb'],
    [['--wiring', '[1]'], '--wiring: expected a JSON object of pins, got [1]'],
    [['--ports', '1'], "Unknown option '--ports'"],
  ])('says what is wrong with %j', (args, message) => {
    expect(() => parseConsoleArguments(args)).toThrow(message);
  });

  it('knows both chips, and pins that differ from the usual ones', () => {
    expect(parseConsoleArguments(['--chip', 'esp32', '--wiring', '{"relay":4}'])).toMatchObject({
      port: 0,
      chip: 'esp32',
      wiring: { led: 2, relay: 4 },
    });
  });
});
