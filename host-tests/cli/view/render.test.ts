import { describe, expect, it } from 'vitest';
import type { Model } from '../../../cli/view/model';
import { render } from '../../../cli/view/render';
import { columnsOf, paint } from '../../../cli/view/text';
import { displayOf, modelOf } from './fixture';

function screen(model: Model, columns: number, rows: number, nowMs = 0): string[] {
  return render(model, { columns, rows }, nowMs).map((line) => paint(line, false).trimEnd());
}

describe('the view', () => {
  it('shows display, facts, what to try, messages and keys on 80x24', () => {
    const model = modelOf({ lamp: { lit: true, cause: 'dusk', untilMs: 6200 }, led: true });
    const atMs = new Date(2030, 0, 1, 9, 5, 7).getTime();
    model.log.push({ atMs, from: 'iot/2', text: 'USBLED', kind: 'message' });
    const lines = screen(model, 80, 24);
    expect(lines).toHaveLength(24);
    expect(lines[0]).toMatch(
      /^┌ Lamplighter kit 2 · virtual NodeMCU · broker 127\.0\.0\.1:1883 ─*┐ LED +on$/,
    );
    expect(lines.slice(1, 3).map((line) => line.slice(66))).toEqual([' Lamp  ON 7 s', '   by dusk']);
    expect(lines[17]).toBe('└' + '─'.repeat(64) + '┘');
    expect(lines.slice(18, 21)).toEqual(['Try  publish to 2', '     subscribe', '09:05:07 iot/2 USBLED']);
    expect(lines[23]).toMatch(/^\? keys {2}q quit {2}d\/b light .* r reset$/);
  });

  it("tells the dashboard's address in the lower edge, and in a line of its own where there is no display", () => {
    const model: Model = { ...modelOf({}), dashboard: 'http://127.0.0.1:5000' };
    const foot = ' Dashboard http://127.0.0.1:5000 ';
    const lines = screen(model, 80, 24);
    expect(lines[17]).toBe('└' + foot + '─'.repeat(64 - foot.length) + '┘');
    expect(lines.slice(18, 20)).toEqual(['Try  publish to 2', '     subscribe']);
    expect(screen(model, 50, 12)[1]).toBe(foot.trim());
  });

  it('draws Braille where half blocks do not fit, and half blocks where they do', () => {
    const model = modelOf({});
    expect(screen(model, 129, 60)[1]).toContain('│bb');
    expect(screen(model, 160, 38)[1]).toContain('│hh');
    expect(screen(model, 160, 36)[1]).toContain('│bb');
    expect(screen(model, 132, 44)[1]).toContain('│hh');
  });

  it('leaves the display out where it does not fit at all', () => {
    expect(screen(modelOf({}), 50, 12).slice(0, 4)).toEqual([
      'Lamplighter kit 2 · virtual NodeMCU · broker 127.…',
      'LED off   Lamp off   Light 512 dark < 300',
      'Temp 24.0 °C   Humid 45.0 %   WiFi on',
      'Link online',
    ]);
  });

  it('never leaves the terminal, whatever its size and whatever a message says', () => {
    const model = modelOf(
      { lamp: { lit: true, cause: 'command' }, wifiCut: true },
      {},
      { display: displayOf(false) },
    );
    for (let n = 0; n < 50; n++)
      model.log.push({ atMs: 0, from: '한국어'.repeat(n), text: '온도'.repeat(n), kind: 'console' });
    for (let columns = 1; columns <= 200; columns += 7)
      for (let rows = 1; rows <= 60; rows += 3)
        for (const help of [false, true]) {
          const lines = screen({ ...model, help }, columns, rows);
          expect(lines.length).toBeLessThanOrEqual(rows);
          expect(Math.max(...lines.map(columnsOf))).toBeLessThanOrEqual(columns);
        }
  });

  it.each<[string, Parameters<typeof modelOf>[0], Partial<Model['broker']>, string]>([
    ['online', {}, {}, 'online'],
    ['still starting', { status: 'starting' }, {}, 'starting'],
    ['without WiFi', { wifiCut: true }, {}, 'none no WiFi'],
    ['without broker', {}, { state: 'lost' }, 'none no broker'],
    ['with the broker stopped', {}, { state: 'stopped' }, 'none broker off'],
  ])('says when a kit is %s', (_, kit, broker, text) => {
    const model = modelOf(kit);
    Object.assign(model.broker, broker);
    expect(screen(model, 60, 15).join('\n')).toContain(`Link ${text}`);
  });

  it('says so when there is no display and when it is off', () => {
    const without = modelOf({});
    delete without.kits[0]!.display;
    expect(screen(without, 80, 24).join('\n')).toContain('OLED none');
    const lines = screen(modelOf({ display: displayOf(false) }), 80, 24);
    expect(lines[9]).toMatch(/^│ {23}the display is off {23}│/);
  });

  it('lists several boards, the chosen one always in view and lit lamps marked', () => {
    const model = modelOf(...Array.from({ length: 64 }, () => ({ lamp: { lit: false } })));
    model.kits[1]!.lamp.lit = true;
    expect(screen(model, 80, 24)[0]).toMatch(/^Boards \[2\] 3\* 4 {2}5 /);
    model.chosen = 63;
    const tabs = screen(model, 80, 24)[0]!;
    expect(tabs).toContain('[65]');
    expect(columnsOf(tabs)).toBeLessThanOrEqual(80);
  });

  it('lists every key in the help, on 80x24 as well', () => {
    const model = modelOf({});
    model.help = true;
    const lines = screen(model, 80, 24).join('\n');
    for (const text of [
      'darker',
      'warmer',
      'humid',
      'WiFi',
      'broker',
      'reset',
      'another board',
      'quit',
      'Any key',
    ])
      expect(lines).toContain(text);
  });
});
