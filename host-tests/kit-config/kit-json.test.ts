import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ClassroomConfig } from '../../cli/kit-config/classroom';
import { kitJson } from '../../cli/kit-config/kit-json';
import { kitSettings } from '../../cli/kit-config/kit-settings';
import { checkClassroom } from '../../cli/kit-config/load';

/** The body of kit 2's kit.json. */
function bodyFor(change: Partial<ClassroomConfig>): string {
  const config = { networks: [{ ssid: 'a' }], broker: { host: 'pi' }, kits: [{ kit: 2 }], ...change };
  return kitJson(kitSettings(checkClassroom('/x/kit.config.ts', config), 2, { secrets: 'required' }));
}

/** What the text is in UTF-8, a character each, as a board holds it. */
function utf8(text: string): string {
  return String.fromCharCode(...Buffer.from(text, 'utf8'));
}

describe('kit.json', () => {
  it('carries a Korean network name as the bytes that the access point sends', () => {
    const body = bodyFor({ networks: [{ ssid: '2학년 교실', password: '비밀번호 1234' }] });
    expect(body).toContain(
      '"ssid":"2\\u00ed\\u0095\\u0099\\u00eb\\u0085\\u0084 \\u00ea\\u00b5\\u0090\\u00ec\\u008b\\u00a4"',
    );
    expect(JSON.parse(body).networks).toEqual([
      { ssid: utf8('2학년 교실'), password: utf8('비밀번호 1234') },
    ]);
  });

  it('takes a name of ten Korean syllables, 30 bytes, which is as much as a network may have', () => {
    expect(
      JSON.parse(bodyFor({ networks: [{ ssid: '가나다라마바사아자차' }] })).networks[0].ssid,
    ).toHaveLength(30);
  });

  it('is plain ASCII whatever the names and passwords are, and says the same when it is read back', () => {
    const text = (least: number, most: number) =>
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: most }).filter((candidate) => {
        const bytes = Buffer.byteLength(candidate);
        return bytes >= least && bytes <= most && !/\p{Cc}/u.test(candidate);
      });
    fc.assert(
      fc.property(
        text(1, 32),
        text(8, 63),
        text(1, 64),
        text(1, 64),
        text(8, 20),
        (ssid, password, user, brokerPassword, console) => {
          const body = bodyFor({
            networks: [{ ssid, password }],
            broker: { host: 'pi', user, password: brokerPassword },
            console,
          });
          expect(body).toMatch(/^[\x20-\x7e]+$/);
          expect(JSON.parse(body)).toMatchObject({
            networks: [{ ssid: utf8(ssid), password: utf8(password) }],
            broker: { user: utf8(user), password: utf8(brokerPassword) },
            console: utf8(console),
          });
        },
      ),
    );
  });
});
