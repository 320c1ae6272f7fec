import { describe, expect, it } from 'vitest';
import { parseBroker, parseStartOptions, type RawStartOptions } from '../../cli/start-options';

const parse = (raw: RawStartOptions) => parseStartOptions(raw, '/home/ada');

const usualPorts = { mqttPort: 1883, webPort: 5000, tcpPort: 9999, udpPort: 9998 };

describe('the options of start', () => {
  it('default to one board with a gateway on the usual ports, which only this computer reaches', () => {
    expect(parse({})).toMatchObject({
      boards: 1,
      gateway: { ...usualPorts, beyondLoopback: false, data: expect.stringMatching(/ada.data.virtual\.db$/) },
      anyPort: new Set(['webPort', 'tcpPort', 'udpPort']),
    });
  });

  it('take another port than was asked for by nobody, and no other than was asked for', () => {
    const { anyPort, gateway } = parse({ webPort: '5000', tcpPort: '0', data: 'a.db' });
    expect(anyPort).toEqual(new Set(['udpPort']));
    expect(gateway).toMatchObject({ webPort: 5000, tcpPort: 0, data: expect.stringMatching(/ada.a\.db$/) });
  });

  it('make the gateway use the broker that the boards use', () => {
    const { broker, gateway } = parse({ broker: 'mqtt://ada:a%2Fb@pi' });
    expect(broker).toEqual({ host: 'pi', port: 1883, user: 'ada', password: 'a/b' });
    expect(gateway).toMatchObject({ mqttPort: false, broker: { protocol: 'mqtt', ...broker } });
  });

  it('are taken as given', () => {
    expect(
      parse({ mqttPort: '1884', board: 'esp32', kit: '7', boards: '3', config: 'a.ts', png: 'oled.png' }),
    ).toMatchObject({
      gateway: { mqttPort: 1884 },
      board: 'esp32',
      kit: 7,
      boards: 3,
      config: expect.stringMatching(/ada.a\.ts$/),
      png: expect.stringMatching(/ada.oled\.png$/),
    });
  });

  it.each<[RawStartOptions, string]>([
    [{ kit: 'two' }, '--kit: expected a whole number from 1 to 9999, got "two"'],
    [{ kit: '0' }, '--kit: expected a whole number from 1 to 9999, got "0"'],
    [{ kit: '' }, '--kit: expected a whole number from 1 to 9999, got ""'],
    [{ kit: '1e3' }, '--kit: expected a whole number from 1 to 9999, got "1e3"'],
    [{ kit: '2.5' }, '--kit: expected a whole number from 1 to 9999, got "2.5"'],
    [{ boards: '65' }, '--boards: expected a whole number from 1 to 64, got "65"'],
    [{ boards: '-1' }, '--boards: expected a whole number from 1 to 64, got "-1"'],
    [{ kit: '9999', boards: '2' }, '--boards: kits 9999 to 10000 were asked for, the highest number is 9999'],
    [{ mqttPort: '65536' }, '--mqtt-port: expected a whole number from 0 to 65535, got "65536"'],
    [{ mqttPort: 'off' }, '--mqtt-port: expected a whole number from 0 to 65535, got "off"'],
    [{ mqttPort: '5000' }, '--mqtt-port: port 5000 is that of --web-port: give each its own'],
    [
      { webPort: 'x' },
      '--web-port: expected a port from 0 to 65535, where 0 takes any that is free, or off, got "x"',
    ],
    [{ data: '' }, '--data: expected the name of a file, got ""'],
    [{ board: 'uno' }, '--board: expected nodemcu or esp32, got "uno"'],
    [{ board: 'x'.repeat(1000) }, `--board: expected nodemcu or esp32, got "${'x'.repeat(40)}…"`],
    [{ png: '' }, '--png: expected the name of a file, got ""'],
    [
      { broker: 'mqtt://host', mqttPort: '1884' },
      '--mqtt-port is for the own broker: with --broker the port stands in its address, mqtt://host:port',
    ],
  ])('%o is refused with one sentence', (raw, sentence) => {
    expect(() => parse(raw)).toThrow(expect.objectContaining({ message: sentence }));
  });
});

describe('the address behind --broker', () => {
  it.each<[string, object]>([
    ['mqtt://192.168.0.10', { host: '192.168.0.10', port: 1883 }],
    ['mqtt://broker.school:1884/', { host: 'broker.school', port: 1884 }],
    ['MQTT://pi:1883', { host: 'pi', port: 1883 }],
    ['mqtt://ada@pi', { host: 'pi', port: 1883, user: 'ada' }],
    ['mqtt://ada:a%2Fb%20c@pi', { host: 'pi', port: 1883, user: 'ada', password: 'a/b c' }],
    ['mqtt://ada:p@ss@pi:1', { host: 'pi', port: 1, user: 'ada', password: 'p@ss' }],
    ['mqtt://%EA%B0%80:x@pi', { host: 'pi', port: 1883, user: '가', password: 'x' }],
  ])('%s is understood', (text, address) => {
    expect(parseBroker(text)).toEqual(address);
  });

  it.each<[string, string]>([
    ['pi', 'got no mqtt://'],
    ['pi:1883', 'got no mqtt://'],
    ['http://ada:secret@pi', 'got http://…'],
    ['mqtts://ada:secret@pi', 'mqtts:// is not possible, since the kit speaks MQTT without TLS'],
    ['mqtt://', 'got no host'],
    ['mqtt://ada:secret@', 'got an address that cannot be read'],
    ['mqtt://ada:secret@pi:99999', 'got an address that cannot be read'],
    ['mqtt://ada:secret@pi:0', 'expected a port from 1 to 65535, got 0'],
    ['mqtt://ada:sec/ret@pi', 'got an address that cannot be read'],
    ['mqtt://ada:secret@pi/topic', 'got something behind the port'],
    ['mqtt://pi?secret', 'got something behind the port'],
    ['mqtt://:secret@pi', 'a password needs a user name'],
    ['mqtt://ada:%secret@pi', 'a % in the password is written %25'],
    ['mqtt://[::1]:1883', 'boards speak IPv4 only: expected a name or an IPv4 address, got [::1]'],
    ['mqtt://파이', 'expected a host name of letters, digits, dots and hyphens'],
    [`mqtt://ada:${'secret'.repeat(11)}@pi`, 'expected a password of at most 64 bytes, got 66'],
  ])('%s is refused without its password', (text, part) => {
    const sentence = refusalOf(text);
    expect(sentence).toContain('--broker: ');
    expect(sentence).toContain(part);
    expect(sentence).not.toContain('secret');
    expect(sentence).not.toContain('\n');
  });

  function refusalOf(text: string): string {
    try {
      return `understood: ${JSON.stringify(parseBroker(text))}`;
    } catch (error) {
      return (error as Error).message;
    }
  }
});
