/**
 * What the benchmark's echo answers, the same on a computer and on a board: to `bench <number> ...` it says
 * `echo <number> <its own time in ms> ...`, as long as the question, filled with dots and ended by a newline.
 */

/** Bytes of a message, its newline among them; a longer one would not fit into an ESP8266's datagram. */
export const boardEchoMax = 256;
export const echoMin = 48;

/** The answer to a question; empty when it is none: so nobody can use an echo to send more than was sent to it, nor two to answer each other. */
export function echoText(question: string, time: string): string {
  const number = parseInt(question.substr(6, 9));
  const head = 'bench ' + number + ' ';
  if (!(number >= 0) || question.substr(0, head.length) !== head) return '';
  const size = question.length < echoMin ? echoMin : question.length;
  return ('echo ' + number + ' ' + time + ' ').padEnd(size - 1, '.') + '\n';
}
