// How does the demo tell its story? One line for one moment, colours only on a terminal.

const colourful = process.stdout.isTTY === true && process.env['NO_COLOR'] === undefined;
const paint = (code) => (text) => (colourful ? `\u001B[${code}m${text}\u001B[0m` : text);

const bold = paint('1');
const dim = paint('2');
const red = paint('31');
const green = paint('32');
const MARGIN = 14;
const WIDTH = 100;

export const title = (text) => console.log(`\n${bold(text)}`);

/** Words on as many lines as they need, none longer than `WIDTH` unless a word is. */
const wrap = (text) => {
  const lines = [''];
  for (const word of text.split(' ')) {
    if (lines.at(-1) !== '' && lines.at(-1).length + word.length + 1 > WIDTH) lines.push('');
    lines.push(`${lines.pop()} ${word}`.trimStart());
  }
  return lines;
};

const print = (margin, text, style = (line) => line) => {
  const [first, ...rest] = wrap(text);
  console.log(`${margin}  ${style(first)}`);
  for (const line of rest) console.log(`${' '.repeat(MARGIN)}  ${style(line)}`);
};

/** `at` is milliseconds since the scene began. */
export const moment = (at, text) =>
  print(dim(`+${at < 10 ? at.toFixed(1) : Math.round(at)} ms`.padStart(MARGIN)), text);

/** What is to be known beside the moments. */
export const remark = (text) => print(' '.repeat(MARGIN), text, dim);

export const promise = (kept, text) =>
  print((kept ? green : red)((kept ? '✓' : 'BROKEN ✗').padStart(MARGIN)), text, kept ? undefined : red);

export const ending = (kept, text) => console.log(`\n${(kept ? green : red)(text)}`);
