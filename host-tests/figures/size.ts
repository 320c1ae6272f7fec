/**
 * What the firmware weighs: its text, and with an interpreter the variables that it takes while it runs from flash.
 * `--json` prints the figures alone, `--save` writes them to budget.json, `--dist` measures the bundles of another folder.
 */
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureFirmware } from '../../build/firmware';
import { root } from '../../build/root';
import { findForms, noInterpreter, type EngineForm } from '../engine/interpreter';
import { saveBudget } from './budget';
import { measureEcho } from './echo-phase';
import { textFigures, withVariables } from './figures';
import { idleVariables, measureVariables, phaseNames, type Phase, type Variables } from './phases';
import { loadsToRam } from './ram-upload';
import { measureReport, type ExtraVariables } from './report-phase';

const goals = { bytes: 10_000, atRest: 400, peak: 600 };

const phaseTitles: Record<Phase, string> = {
  boot: 'boot, until the first telemetry',
  commands: 'commands, every kind of them',
  telemetry: 'telemetry, the OLED redrawn',
  reconnect: 'reconnect, after broker and WiFi were lost',
  burst: '100 commands in one segment',
};

const { values } = parseArgs({
  options: { json: { type: 'boolean' }, save: { type: 'boolean' }, dist: { type: 'string' } },
});
if (values.dist === undefined) await ensureFirmware();
const dist = resolve(values.dist ?? join(root, 'dist'));
const forms = (await findForms(process.env)).filter(({ chip }) => chip === 'esp8266');
const tell = values.json ? () => undefined : (line: string) => console.log(line);

let figures = await textFigures(dist);
tell(row('dist/firmware.js, bytes', [figures.bytes], `goal ${goals.bytes}`));
tell(row('  gzipped', [figures.gzip]));
for (const [name, bytes] of Object.entries(figures.modules)) tell(row(`  ${name}`, [bytes]));
tell(row('dist/loader.js, bytes', [(await readFile(join(dist, 'loader.js'))).length]));

if (forms.length === 0) {
  (values.json ? console.error : console.log)(noInterpreter);
} else {
  const measured: Variables[] = [];
  for (const form of forms) measured.push(await measureVariables(form, dist));
  figures = withVariables(figures, measured[0]!);
  await tellVariables(forms, measured);
}
if (values.json) console.log(JSON.stringify(figures, undefined, 2));
if (values.save) await saveBudget(figures);

async function tellVariables(forms: EngineForm[], measured: Variables[]): Promise<void> {
  if (values.json) return;
  tell('\nvariables above an idle interpreter and its stand-ins, code in flash; how: docs/figures.md');
  tell(
    row(
      '',
      forms.map(({ name }) => name),
      `of ${forms[0]!.variables}`,
    ),
  );
  const line = (title: string, of: (variables: Variables) => number, goal = ''): void =>
    tell(row(title, measured.map(of), goal));
  line('online, at rest', ({ atRest }) => atRest, `goal ${goals.atRest}`);
  for (const name of phaseNames)
    line(`peak: ${phaseTitles[name]}`, ({ peaks }) => peaks[name], `goal ${goals.peak}`);
  line('at rest afterwards', ({ afterwards }) => afterwards);
  for (const by of ['http', 'tcp', 'udp'] as const) {
    const reports: ExtraVariables[] = [];
    for (const form of forms) reports.push(await measureReport(form, dist, by, await idleVariables(form)));
    tellExtra(`reports by ${by}`, 'after an outage', reports);
  }
  const echoes: ExtraVariables[] = [];
  for (const form of forms) echoes.push(await measureEcho(form, dist, await idleVariables(form)));
  tellExtra('an echo', 'asked over UDP and TCP at once', echoes);
  const ram = [];
  for (const form of forms) ram.push(await loadsToRam(form, dist));
  tell(row('loads as a plain upload to RAM', ram));
}

function tellExtra(what: string, when: string, of: ExtraVariables[]): void {
  const atRest = of.map((variables) => variables.atRest);
  const peak = of.map((variables) => variables.peak);
  tell(row(`${what}, at rest`, atRest));
  tell(row(`peak: ${what}, ${when}`, peak));
}

function row(title: string, cells: (number | string)[], remark = ''): string {
  const columns = cells.map((cell) => String(cell).padStart(10)).join('');
  return `${title.padEnd(52)}${columns}  ${remark}`.trimEnd();
}
