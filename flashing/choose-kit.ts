import type { KitSettings } from '../shared/settings';
import type { BoardFacts } from './board-facts';
import { FlashError } from './flash-error';

/** Which kit a board becomes: the one asked for, the one with its MAC, the one that it is, or the only one. */
export function chooseKit(
  kits: KitSettings[],
  { mac, kitNumber }: Pick<BoardFacts, 'mac' | 'kitNumber'>,
  wanted: number | undefined,
  port: string,
): KitSettings {
  const found =
    wanted === undefined
      ? (kits.find((kit) => kit.mac !== undefined && kit.mac === mac) ??
        kits.find(({ kit }) => kit === kitNumber) ??
        (kits.length === 1 ? kits[0] : undefined))
      : kits.find(({ kit }) => kit === wanted);
  if (found) return found;
  const listed = kits.map(({ kit }) => kit).join(', ');
  throw new FlashError(
    'which-kit',
    wanted === undefined
      ? `which kit is the board at ${port} to be? kit.config.ts lists ${listed}: say --kit ${kits[0]!.kit}`
      : `--kit: expected one of the kits of kit.config.ts, ${listed}, got ${wanted}`,
  );
}
