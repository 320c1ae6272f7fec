import type { Batch, Journal } from '../../../network/report/queue';

/** A disk whose writes can be cut off anywhere. */
export class Disk implements Journal {
  /** All that a crash at any later byte would leave: the text, and how long it was before the last append. */
  readonly states: string[] = [];
  /** It takes nothing. */
  full = false;
  constructor(public text = '') {}
  read = () => Promise.resolve(this.text);
  append = (text: string) => {
    if (this.full) return Promise.reject(new Error('the disk is full'));
    for (let cut = 1; cut <= text.length; cut++) this.states.push(this.text + text.slice(0, cut));
    this.text += text;
    return Promise.resolve();
  };
  /** How often it was written as a whole. */
  written = 0;
  replace = (text: string) => {
    this.written++;
    this.text = text;
    this.states.push(text);
    return Promise.resolve();
  };
  copyDamaged = () => Promise.resolve('a copy');
}

/** Of the first entry; behind it stands what is in the batch. */
export const idIn = (key: string) => key.replace(/-[\da-f]{8}$/, '');
export const one = (sensor: string, n: number) => ({ sensor, report: { n } });
export const numbers = (batch: Batch | undefined) => batch?.entries.map(({ report }) => report['n']);
