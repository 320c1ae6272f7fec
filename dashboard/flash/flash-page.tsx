/** Writes the firmware to a board that is plugged into this computer. */
export function FlashPage(_: { language: 'en' | 'ko' }) {
  return <p>…</p>;
}
