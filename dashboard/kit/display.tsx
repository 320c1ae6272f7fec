import { columns, glyphs } from 'kit-font.txt';
import { useEffect, useRef } from 'preact/hooks';
import type { KitView, Values } from '../../shared/live';
import { useLive, useNow } from '../site';
import { heightPx, screenLines, screenPixels, widthPx, type Font } from './screen';

const font: Font = {
  columns: Uint8Array.from(atob(columns()), (character) => character.charCodeAt(0)),
  glyphs: glyphs(),
};

/** The kit's OLED, pixel for pixel. */
export function Display({ kit, values, known }: { kit: KitView; values: Values; known: boolean }) {
  const { words, connection } = useLive();
  const { text } = words;
  const canvas = useRef<HTMLCanvasElement>(null);
  const nowMs = useNow(kit.lampEndsMs ? 200 : 1000);
  const lines = known ? screenLines(kit, values, nowMs) : [];
  const told = kit.status === 'online' || kit.status === 'safe-mode';
  const current = told && connection.link.state === 'open';
  // The font has the degree sign in the place of this one.
  const read = lines.map((line) => line.text.replace('^', '°').trim()).filter(Boolean);
  const drawn = read.join(', ');

  useEffect(() => {
    draw(canvas.current!, screenPixels(lines, font));
  }, [drawn]);

  return (
    <section class="card display" aria-labelledby="display">
      <h2 id="display">{text.display}</h2>
      <div class={current ? 'oled' : 'oled dimmed'}>
        <canvas
          ref={canvas}
          width={widthPx}
          height={heightPx}
          role="img"
          aria-label={text.displayText(drawn)}
        />
      </div>
      <p class="quiet">{!known ? text.displayUnknown : current ? text.displayLive : text.displayLast}</p>
    </section>
  );
}

/** As an OLED of this kind shines: bluish white on black. */
function draw(canvas: HTMLCanvasElement, pixels: Uint8Array): void {
  const context = canvas.getContext('2d');
  if (!context) return;
  const image = context.createImageData(widthPx, heightPx);
  const lit = [214, 240, 255, 255];
  const dark = [6, 9, 14, 255];
  pixels.forEach((pixel, index) => image.data.set(pixel ? lit : dark, index * 4));
  context.putImageData(image, 0, 0);
}
