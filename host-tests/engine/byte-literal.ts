/** A byte string as a literal of JavaScript in plain ASCII. */
export function byteLiteral(bytes: string): string {
  return '"' + bytes.replace(/[^ !#-[\]-~]/g, hexEscape) + '"';
}

function hexEscape(byte: string): string {
  return '\\x' + byte.charCodeAt(0).toString(16).padStart(2, '0');
}
