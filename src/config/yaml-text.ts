// How is a text written in YAML so that it is read back as it is? For the writer of imported configs, which keeps comments.

/** Words that YAML takes for nothing at all. */
const NOTHING = /^(~|null|Null|NULL)?$/;

/** What may stand without quotes: numbers and booleans too, since the reader takes them as they are written. */
const PLAIN = /^(?:[\w./$+(^;]|-(?=[^\s-]))(?:[!-~]|[ ](?=[!-~]))*$/;

/** Ends or starts something else in the middle of a text. */
const BROKEN = /: |:$| #/;

const FLOW = /[,[\]{}]/;

/** Every line without blanks around it. */
const LITERAL = /^[!-~][ -~]*(?:\n(?:[!-~](?:[ -~]*[!-~])?)?)*$/;

const quoted = (text: string): string =>
  /^[ -~\u00A1-\uD7FF]*$/.test(text) ? `'${text.replaceAll("'", "''")}'` : JSON.stringify(text);

/** One line. `flow`: within the brackets of a list. */
export const scalar = (text: string, flow = false): string => {
  const plain = PLAIN.test(text) && !NOTHING.test(text) && !BROKEN.test(text) && !(flow && FLOW.test(text));
  return plain ? text : quoted(text);
};

/** Lines behind a `key:`; the first goes on that line, the rest are indented by `indent`. */
export const scalarLines = (text: string, indent: string): readonly string[] => {
  if (!text.includes('\n') || !LITERAL.test(text) || text.endsWith('\n')) return [scalar(text)];
  return ['|-', ...text.split('\n').map((line) => (line === '' ? '' : indent + line))];
};

/** A list on one line. */
export const flowList = (items: readonly string[]): string =>
  `[${items.map((item) => scalar(item, true)).join(', ')}]`;
