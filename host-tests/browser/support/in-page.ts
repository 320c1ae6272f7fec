import type { Page } from 'playwright-core';

/** The picture on the canvas of the display: 128x64, row by row, 1 where it shines. */
export function canvasPixels(page: Page): Promise<number[]> {
  return page.evaluate(`(() => {
    const context = document.querySelector('.oled canvas').getContext('2d');
    const { data } = context.getImageData(0, 0, 128, 64);
    return Array.from({ length: 128 * 64 }, (_, index) => (data[index * 4] > 100 ? 1 : 0));
  })()`);
}

/** Texts whose contrast with what lies behind them is below 4.5, or below 3 where they are large. */
export function faintTexts(page: Page): Promise<string[]> {
  return page.evaluate(`(() => {
    const parse = (text) => {
      const [r, g, b, a = 1] = text.match(/[\\d.]+/g).map(Number);
      return { r, g, b, a };
    };
    const over = (top, under) => ({
      r: top.r * top.a + under.r * (1 - top.a),
      g: top.g * top.a + under.g * (1 - top.a),
      b: top.b * top.a + under.b * (1 - top.a),
      a: 1,
    });
    const behind = (element) => {
      if (!element) return { r: 255, g: 255, b: 255, a: 1 };
      const colour = parse(getComputedStyle(element).backgroundColor);
      return colour.a === 1 ? colour : over(colour, behind(element.parentElement));
    };
    const light = ({ r, g, b }) => {
      const part = (value) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4);
      return 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
    };
    const faint = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const element = walker.currentNode.parentElement;
      const text = walker.currentNode.data.trim();
      if (!text || element.closest('.visually-hidden, noscript, .skip-link') || element.getClientRects().length === 0) continue;
      const style = getComputedStyle(element);
      const back = behind(element);
      const [a, b] = [light(over(parse(style.color), back)), light(back)];
      const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
      const size = parseFloat(style.fontSize);
      const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
      if (contrast < (large ? 3 : 4.5)) faint.push(text.slice(0, 40) + ': ' + contrast.toFixed(2));
    }
    return faint;
  })()`);
}

/** What a screen reader would stumble over: controls without a name, pictures without one, headings out of order. */
export function unreadable(page: Page): Promise<string[]> {
  return page.evaluate(`(() => {
    const found = [];
    const nameOf = (element) =>
      element.getAttribute('aria-label') ||
      [...(element.labels || [])].map((label) => label.textContent).join(' ').trim() ||
      element.textContent.trim();
    for (const element of document.querySelectorAll('a, button, input, select, [role=img], [role=slider]'))
      if (!nameOf(element)) found.push('without a name: ' + element.outerHTML.slice(0, 80));
    for (const part of document.querySelectorAll('section, nav, [role=group], [role=region]')) {
      const by = part.getAttribute('aria-labelledby');
      const name = part.getAttribute('aria-label') || (by && document.getElementById(by)?.textContent);
      if (!name) found.push('without a name: ' + part.outerHTML.slice(0, 80));
    }
    const ids = [...document.querySelectorAll('[id]')].map(({ id }) => id);
    for (const id of ids) if (ids.indexOf(id) !== ids.lastIndexOf(id)) found.push('twice: #' + id);
    const levels = [...document.querySelectorAll('h1, h2, h3')]
      .filter((heading) => !heading.closest('[aria-hidden=true]'))
      .map(({ tagName }) => Number(tagName[1]));
    if (levels.filter((level) => level === 1).length !== 1) found.push('expected one h1, got ' + levels);
    levels.forEach((level, index) => {
      if (index > 0 && level > levels[index - 1] + 1) found.push('headings jump: ' + levels);
    });
    for (const landmark of ['header', 'main', 'nav'])
      if (document.querySelectorAll(landmark).length !== 1) found.push('expected one ' + landmark);
    return found;
  })()`);
}

/** How many pixels the page is wider than the window, and what sticks out. */
export function tooWide(page: Page): Promise<string[]> {
  return page.evaluate(`(() => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    return [...document.querySelectorAll('main *, header *')]
      .filter((element) => element.getBoundingClientRect().right > width + 0.5)
      .map((element) => element.outerHTML.slice(0, 60));
  })()`);
}

/** Marks the document: the mark is gone when the page was loaded anew. */
export async function mark(page: Page): Promise<() => Promise<boolean>> {
  await page.evaluate('window.marked = true');
  return () => page.evaluate('window.marked === true');
}
