import type { LiveRequest } from '../../shared/live';
import { isKitCommand, kitCommands } from '../commands';

export const kitMax = 9999;

/** What is wrong with a request, and its id when there is one to answer to. */
export interface BadRequest {
  problem: string;
  id?: number;
}

/** A frame from a browser, checked. */
export function parseLiveRequest(text: string): LiveRequest | BadRequest {
  const json = parsed(text);
  if (typeof json !== 'object' || json === null) return { problem: 'expected one JSON object' };
  const { type, id, kit, command } = json as Record<string, unknown>;
  if (type === 'watch')
    return isWhole(kit, 0, kitMax)
      ? { type, kit }
      : { problem: `kit: expected a whole number from 0 to ${kitMax}` };
  if (type !== 'command') return { problem: 'type: expected command or watch' };
  if (!isWhole(id, 0, Number.MAX_SAFE_INTEGER)) return { problem: 'id: expected a whole number' };
  if (!isWhole(kit, 1, kitMax)) return { problem: `kit: expected a whole number from 1 to ${kitMax}`, id };
  if (!isKitCommand(command)) return { problem: `command: expected one of ${kitCommands.join(', ')}`, id };
  return { type, id, kit, command };
}

function isWhole(value: unknown, min: number, max: number): value is number {
  return Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
