import { csvField } from '../../gateway/store/csv';
import type { Signal } from '../../network/wifi/monitor';

export const csvHeader = 'timestamp,ssid,signal_dbm,quality';

/** One row; what is not known is empty. */
export function csvRow(atMs: number, { ssid = '', signal_dbm, quality = '' }: Signal): string {
  return [new Date(atMs).toISOString(), csvField(ssid), signal_dbm ?? '', quality].join(',');
}
