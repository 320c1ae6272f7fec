import { expect, it } from 'vitest';
import { tryLines } from '../../cli/try-lines';

it('the lines to try reach the broker that is used, quoted as every shell understands', () => {
  expect(tryLines({ host: '127.0.0.1', port: 1883 }, 2)).toEqual([
    'mosquitto_pub -h 127.0.0.1 -p 1883 -t iot/2 -m USBLED/ON',
    'mosquitto_sub -h 127.0.0.1 -p 1883 -v -t "iot/#"',
    'npx mqtt pub -h 127.0.0.1 -p 1883 -t iot/2 -m USBLED/ON',
  ]);
});

it('the lines to try name the user and never the password', () => {
  expect(tryLines({ host: 'pi', port: 1884, user: 'ada', password: 'secret' }, 7)[0]).toBe(
    'mosquitto_pub -h pi -p 1884 -u ada -P PASSWORD -t iot/7 -m USBLED/ON',
  );
});
