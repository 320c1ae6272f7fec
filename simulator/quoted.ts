/* Source: Espruino src/jsutils.c, escapeCharacter. */

/** A string in quotes, escaped. */
export function quoted(value: string, unicode = false): string {
  let out = '"';
  for (let i = 0; i < value.length; i++)
    out += escaped(value.charCodeAt(i) & 255, value[i + 1] ?? '', unicode);
  return out + '"';
}

function escaped(code: number, next: string, unicode: boolean): string {
  switch (code) {
    case 8:
      return '\\b';
    case 9:
      return '\\t';
    case 10:
      return '\\n';
    case 12:
      return '\\f';
    case 13:
      return '\\r';
    case 34:
      return '\\"';
    case 92:
      return '\\\\';
  }
  if (code >= 32 && code < 127) return String.fromCharCode(code);
  const hex = code.toString(16).toUpperCase();
  if (unicode) return '\\u' + hex.padStart(4, '0');
  if (code === 11) return '\\v';
  if (code < 8 && !(next >= '0' && next <= '7')) return '\\' + code;
  return '\\x' + hex.padStart(2, '0');
}
