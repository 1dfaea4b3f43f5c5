// How does the demo tell its story? One line for one moment, colours only on a terminal.

const colourful = process.stdout.isTTY === true && process.env['NO_COLOR'] === undefined;
const paint = (code) => (text) => (colourful ? `\u001B[${code}m${text}\u001B[0m` : text);

const bold = paint('1');
const dim = paint('2');
const red = paint('31');
const green = paint('32');
const MARGIN = 12;

export const title = (text) => console.log(`\n${bold(text)}`);

/** `at` is milliseconds since the scene began; null for a remark on the line before. */
export const moment = (at, text) => {
  const when = at === null ? '' : `+${at < 10 ? at.toFixed(1) : Math.round(at)} ms`;
  console.log(`  ${dim(when.padStart(MARGIN))}  ${at === null ? dim(text) : text}`);
};

export const promise = (kept, text) =>
  console.log(`  ${(kept ? green('✓') : red('✗ BROKEN:')).padStart(MARGIN)} ${text}`);

export const ending = (kept, text) => console.log(`\n${kept ? green(text) : red(text)}`);
