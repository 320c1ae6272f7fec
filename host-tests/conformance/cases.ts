/** What the kit does, sentence by sentence. Every bench runs the same list. */
import type { Case } from '../support/kit-bench';
import { announcementCases, sensorCases, telemetryCases } from './cases/announcements';
import { bootCases } from './cases/boot';
import { readingCases, refusalCases, resultCases, setTopicCases } from './cases/commands';
import { echoCases } from './cases/echo';
import { lampCases, ledCases, ownLightCases } from './cases/lamp';
import { oledCases } from './cases/oled';
import { reportCases } from './cases/reports';

export const chapters: { title: string; cases: Case[] }[] = [
  { title: 'boot', cases: bootCases },
  { title: 'lamp', cases: lampCases },
  { title: "the lamp's own light", cases: ownLightCases },
  { title: 'LED', cases: ledCases },
  { title: 'commands that ask', cases: readingCases },
  { title: 'results', cases: resultCases },
  { title: 'what is not understood', cases: refusalCases },
  { title: 'set topics', cases: setTopicCases },
  { title: 'announcements', cases: announcementCases },
  { title: 'telemetry', cases: telemetryCases },
  { title: 'sensors', cases: sensorCases },
  { title: 'OLED', cases: oledCases },
  { title: 'reports', cases: reportCases },
  { title: 'echo', cases: echoCases },
];
