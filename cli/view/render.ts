import { keyTable } from './keys';
import type { Display, KitModel, LogEntry, Model } from './model';
import { type Line, type Style, clip, columnsOf, pad, widthOf } from './text';

export interface Size {
  columns: number;
  rows: number;
}

/** Narrowest column in which the facts can stand beside the display. */
const factsColumns = 13;
/** From here on a fact has room for its note on the same line. */
const wideFactsColumns = 27;
/** Rows kept for messages before the display takes the larger form. */
const logRowsMin = 3;

/**
 * The whole screen: at most `rows` lines of at most `columns`. The display is drawn as large as the
 * screen allows, and not at all where it does not fit.
 */
export function render(model: Model, size: Size, nowMs: number): Line[] {
  const lines = model.help ? helpLines() : mainLines(model, size, nowMs);
  return lines.slice(0, size.rows).map((line) => clip(line, size.columns));
}

function mainLines(model: Model, { columns, rows }: Size, nowMs: number): Line[] {
  const kit = model.kits[model.chosen]!;
  const facts = factsOf(model, kit, nowMs);
  const tabs = model.kits.length > 1 ? [tabLine(model, columns)] : [];
  const footer = footerLine();
  const room = rows - tabs.length - 1;

  const body = bodyLines(model, kit, facts, { columns, rows: room });
  const left = room - body.length;
  const tries = model.tries(kit.kit);
  const shownTries = left >= tries.length + 1 + 2 * logRowsMin ? tries : tries.slice(0, 2);
  const tryLines = left > shownTries.length ? shownTries.map(tryLine) : [];
  return [...tabs, ...body, ...tryLines, ...logLines(model, left - tryLines.length), footer];
}

/** The display with the facts beside or below it. */
function bodyLines(model: Model, kit: KitModel, facts: Fact[], size: Size): Line[] {
  for (const style of kit.display ? (['half', 'braille'] as const) : []) {
    const picture = pictureOf(kit.display!, style);
    const width = columnsOf(picture[0]!) + 2;
    if (width > size.columns) continue;
    const frame = frameLines(picture, titleOf(model, kit), dashboardOf(model));
    const beside = size.columns - width - 1;
    const body =
      beside >= factsColumns
        ? sideBySide(frame, factColumn(facts, beside), width + 1)
        : [...frame, ...factRows(facts, size.columns)];
    if (body.length + logRowsMin <= size.rows) return body;
  }
  const dashboard = dashboardOf(model);
  return [
    [{ text: titleOf(model, kit), style: 'bold' }],
    ...(dashboard && size.rows > 2 * logRowsMin ? [[{ text: dashboard }]] : []),
    ...factRows(facts, size.columns),
  ];
}

function titleOf(model: Model, kit: KitModel): string {
  return `Lamplighter kit ${kit.kit} · virtual ${kit.board} · broker ${model.broker.address}`;
}

function dashboardOf({ dashboard }: Model): string {
  return dashboard === undefined ? '' : `Dashboard ${dashboard}`;
}

function pictureOf(display: Display, style: 'half' | 'braille'): string[] {
  const picture = display.toText(style).split('\n');
  if (display.on) return picture;
  const width = columnsOf(picture[0]!);
  const caption = 'the display is off';
  picture[picture.length >> 1] = caption.padStart((width + caption.length) >> 1).padEnd(width);
  return picture;
}

/** The title stands in the upper edge, `foot` in the lower one: neither takes a row from the messages. */
function frameLines(picture: string[], title: string, foot: string): Line[] {
  const width = columnsOf(picture[0]!);
  const head = clip([{ text: title, style: 'bold' }], width - 4);
  const tail = foot && widthOf([{ text: foot }]) <= width - 4 ? ` ${foot} ` : '';
  return [
    [
      { text: '┌ ', style: 'dim' },
      ...head,
      { text: ' ' + '─'.repeat(width - 2 - widthOf(head)) + '┐', style: 'dim' },
    ],
    ...picture.map((row): Line => [
      { text: '│', style: 'dim' },
      { text: row, style: 'pixels' },
      { text: '│', style: 'dim' },
    ]),
    [
      { text: '└', style: 'dim' },
      { text: tail },
      { text: '─'.repeat(width - columnsOf(tail)) + '┘', style: 'dim' },
    ],
  ];
}

function sideBySide(left: Line[], right: Line[], column: number): Line[] {
  return left.map((line, row) => [...pad(line, column), ...(right[row] ?? [])]);
}

interface Fact {
  label: string;
  value: string;
  note?: string;
  style?: Style;
}

function factsOf(model: Model, kit: KitModel, nowMs: number): Fact[] {
  return [
    { label: 'LED', value: kit.led ? 'on' : 'off', ...(kit.led && { style: 'good' }) },
    lampFact(kit, nowMs),
    { label: 'Light', value: String(kit.room.light), note: `dark < ${kit.darkBelow}` },
    { label: 'Temp', value: `${kit.room.temperatureC.toFixed(1)} °C` },
    { label: 'Humid', value: `${kit.room.humidityPct.toFixed(1)} %` },
    kit.wifiCut
      ? { label: 'WiFi', value: 'cut', style: 'bad', note: 'x restores it' }
      : { label: 'WiFi', value: 'on' },
    linkFact(model, kit),
    ...(kit.display ? [] : [{ label: 'OLED', value: 'none' }]),
  ];
}

function lampFact({ lamp }: KitModel, nowMs: number): Fact {
  const cause = lamp.cause && { note: `by ${lamp.cause}` };
  if (!lamp.lit) return { label: 'Lamp', value: 'off', ...cause };
  const seconds = Math.max(0, Math.ceil(((lamp.untilMs ?? nowMs) - nowMs) / 1000));
  return { label: 'Lamp', value: `ON ${seconds} s`, style: 'warning', ...cause };
}

function linkFact({ broker }: Model, kit: KitModel): Fact {
  const label = 'Link';
  if (broker.state === 'stopped') return { label, value: 'none', style: 'bad', note: 'broker off' };
  if (broker.state === 'lost') return { label, value: 'none', style: 'bad', note: 'no broker' };
  if (kit.wifiCut) return { label, value: 'none', style: 'bad', note: 'no WiFi' };
  if (kit.status === 'online') return { label, value: 'online', style: 'good' };
  return { label, value: kit.status.slice(0, 8), style: 'warning' };
}

/** One fact below the other. */
function factColumn(facts: Fact[], columns: number): Line[] {
  const labelColumns = 6;
  return facts.flatMap((fact) => {
    const line: Line = [{ text: fact.label.padEnd(labelColumns), style: 'dim' }, valueOf(fact)];
    if (!fact.note) return [line];
    if (columns >= wideFactsColumns) return [[...pad(line, 14), { text: fact.note, style: 'dim' }] as Line];
    return [line, [{ text: '  ' + fact.note, style: 'dim' }] as Line];
  });
}

/** Several facts a row, as many as fit. */
function factRows(facts: Fact[], columns: number): Line[] {
  const rows: Line[] = [];
  for (const fact of facts) {
    const note: Line = fact.note ? [{ text: ` ${fact.note}`, style: 'dim' }] : [];
    const cell: Line = [{ text: `${fact.label} `, style: 'dim' }, valueOf(fact), ...note];
    const last = rows.at(-1);
    if (last && widthOf(last) + 3 + widthOf(cell) <= columns) last.push({ text: '   ' }, ...cell);
    else rows.push(cell);
  }
  return rows;
}

function valueOf({ value, style }: Fact): Line[number] {
  return style ? { text: value, style } : { text: value };
}

function tryLine(command: string, index: number): Line {
  return [{ text: ['Try', '', 'or'][index]!.padEnd(5), style: 'dim' }, { text: command }];
}

/** A heading when there is room for one, then the newest messages, always `rows` lines. */
function logLines(model: Model, rows: number): Line[] {
  if (rows <= 0) return [];
  const heading: Line[] =
    rows > 2 * logRowsMin ? [[{ text: "Messages on iot/# and the board's console", style: 'dim' }]] : [];
  const entries = model.log.slice(-(rows - heading.length)).map(logLine);
  const blank = Array.from({ length: rows - heading.length - entries.length }, (): Line => []);
  return [...heading, ...entries, ...blank];
}

function logLine({ atMs, from, text, kind }: LogEntry): Line {
  const styles: Record<LogEntry['kind'], Style> = { message: 'good', console: 'dim', note: 'warning' };
  return [
    { text: `${clockTime(atMs)} `, style: 'dim' },
    { text: from, style: styles[kind] },
    { text: ` ${text}` },
  ];
}

/** Local time of day, `hh:mm:ss`. */
export function clockTime(atMs: number): string {
  const time = new Date(atMs);
  return [time.getHours(), time.getMinutes(), time.getSeconds()]
    .map((part) => String(part).padStart(2, '0'))
    .join(':');
}

/** The kits, the chosen one always in view; `*` marks a lit lamp. */
function tabLine(model: Model, columns: number): Line {
  const names = model.kits.map(({ kit, lamp }) => ` ${kit}${lamp.lit ? '*' : ' '}`);
  const label = 'Boards ';
  let first = 0;
  const widthTo = (last: number): number => names.slice(first, last + 1).join('').length;
  while (first < model.chosen && label.length + widthTo(model.chosen) + 2 > columns) first++;
  return [
    { text: label, style: 'dim' },
    ...names.slice(first).map((text, index): Line[number] => {
      if (first + index === model.chosen)
        return { text: text.replace(/^ (.*)$/, '[$1]').replace(' ]', ']'), style: 'bold' };
      return text.endsWith('*') ? { text, style: 'warning' } : { text };
    }),
  ];
}

/** The keys; the two that a lost newcomer needs come first, as the line may be cut. */
function footerLine(): Line {
  const order = ['?', 'q'];
  const entries = keyTable.filter(({ short }) => short);
  entries.sort((a, b) => rank(a.shown) - rank(b.shown));
  function rank(shown: string): number {
    const index = order.indexOf(shown);
    return index < 0 ? order.length : index;
  }
  return entries.flatMap(({ shown, short }, index) => [
    { text: (index ? '  ' : '') + shown, style: 'bold' },
    { text: ` ${short}`, style: 'dim' },
  ]);
}

function helpLines(): Line[] {
  const column = Math.max(...keyTable.map(({ shown }) => columnsOf(shown))) + 2;
  return [
    [{ text: 'Keys', style: 'bold' }],
    [],
    ...keyTable.map(({ shown, does }): Line => [
      ...pad([{ text: shown, style: 'bold' }], column),
      { text: does },
    ]),
    [],
    [{ text: 'Any key goes back.', style: 'dim' }],
  ];
}
