import { datagrams } from './datagrams';
import { events } from './events';
import { graphics } from './graphics';
import { json } from './json';
import { language } from './language';
import { numbers } from './numbers';
import { order } from './order';
import type { Subject } from './probe';
import { sockets } from './sockets';
import { storage } from './storage';
import { system } from './system';
import { text } from './text';
import { timers } from './timers';

/** Every probe: what is compared between the real interpreter and the virtual board. */
export const subjects: readonly Subject[] = [
  numbers,
  text,
  json,
  language,
  order,
  timers,
  events,
  storage,
  graphics,
  system,
  sockets,
  datagrams,
];
