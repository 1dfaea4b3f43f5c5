// How is a Nomad job written? HCL 2: blocks, attributes, comments, texts in quotes.

export type HclValue = string | number | boolean | readonly string[];

export type HclLine =
  | { readonly comment: string }
  | { readonly key: string; readonly value: HclValue }
  | { readonly block: string; readonly label?: string; readonly lines: readonly HclLine[] }
  /** A text of several lines, taken as it is. */
  | { readonly key: string; readonly heredoc: readonly string[] };

export const comment = (text: string): HclLine => ({ comment: text.replaceAll(/\s+/g, ' ') });
/** What a key may be: HCL takes no others in a block. */
export const isKey = (text: string): boolean => /^[A-Za-z_][\w-]*$/.test(text);

export const attribute = (key: string, value: HclValue): HclLine => ({ key, value });

const ESCAPES: Readonly<Record<string, string>> = {
  '\n': String.raw`\n`,
  '\r': String.raw`\r`,
  '\t': String.raw`\t`,
};

/** `${` and `%{` begin templates; twice the first character they do not. */
const quoted = (text: string): string =>
  `"${text
    .replaceAll(/["\\]/g, String.raw`\$&`)
    .replaceAll(
      /\p{Cc}/gu,
      (char) => ESCAPES[char] ?? String.raw`\u${(char.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
    )
    .replaceAll(/[$%](?=\{)/g, '$&$&')}"`;

const valueText = (value: HclValue): string => {
  if (typeof value === 'string') return quoted(value);
  return typeof value === 'object' ? `[${value.map(quoted).join(', ')}]` : String(value);
};

const linesOf = (line: HclLine, indent: string): readonly string[] => {
  if ('comment' in line) return [`${indent}# ${line.comment}`];
  if ('block' in line) {
    const label = line.label === undefined ? '' : ` ${quoted(line.label)}`;
    const inner = line.lines.flatMap((one) => linesOf(one, `${indent}  `));
    return [`${indent}${line.block}${label} {`, ...inner, `${indent}}`];
  }
  if ('heredoc' in line)
    return [`${indent}${line.key} = <<-EOT`, ...line.heredoc.map((one) => `${indent}${one}`), `${indent}EOT`];
  return [`${indent}${line.key} = ${valueText(line.value)}`];
};

export const hclText = (lines: readonly HclLine[]): string =>
  `${lines.flatMap((line) => linesOf(line, '')).join('\n')}\n`;
