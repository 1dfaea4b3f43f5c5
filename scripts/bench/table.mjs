// How is one measured line printed?

const WIDTHS = [62, 14, 14, 9, 16];

const pad = (cells) =>
  cells.map((cell, index) => (index === 0 ? cell.padEnd(WIDTHS[0]) : cell.padStart(WIDTHS[index]))).join('');

export const heading = () =>
  [
    pad(['', 'supervisord', 'tsvisor', 'ratio', 'target']),
    '─'.repeat(WIDTHS.reduce((a, b) => a + b) + 8),
  ].join('\n');

const show = (value, unit) => {
  if (value === undefined) return '–';
  if (value === Number.POSITIVE_INFINITY) return 'never';
  const digits = Number.isInteger(value) || value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return `${value.toFixed(digits)}${unit === '' ? '' : ` ${unit}`}`;
};

const ratio = (ours, theirs) =>
  Number.isFinite(ours) && Number.isFinite(theirs) && theirs > 0 ? (ours / theirs).toFixed(2) : '–';

const WANTED = { peer: '≤ supervisord', half: '≤ half of it' };

const boundOf = (target, theirs) => {
  if (target === 'peer') return theirs;
  return target === 'half' ? theirs / 2 : target;
};

/** `target` is a number not to be exceeded, 'peer' or 'half' (no more than supervisord in this run, or half of it), or null. */
export const line = ({ key, label, unit, target }, figures) => {
  const theirs = figures['supervisord']?.[key];
  const ours = figures['tsvisor']?.[key];
  const bound = boundOf(target, theirs);
  const wanted = WANTED[target] ?? (target === null ? '' : `≤ ${show(target, unit)}`);
  const verdict =
    ours === undefined || bound === undefined || bound === null ? '' : ours <= bound ? 'pass' : 'FAIL';
  return `${pad([label, show(theirs, unit), show(ours, unit), ratio(ours, theirs), wanted])}  ${verdict}`.trimEnd();
};
