// How is a systemd unit written so that systemd reads back what was meant? Grammar: systemd.syntax(7), quoting: systemd.service(5).

/** A comment, or a key with its value. */
export type UnitLine = string | readonly [key: string, value: string];

export interface UnitSection {
  readonly name: string;
  readonly lines: readonly UnitLine[];
}

/** Reads as one word, or as the line that it is, without quotes. */
const PLAIN = /^[\w@+=:,./-]+$/;

const ESCAPES: Readonly<Record<string, string>> = {
  '\\': String.raw`\\`,
  '"': String.raw`\"`,
  '\n': String.raw`\n`,
  '\t': String.raw`\t`,
  '\r': String.raw`\r`,
};

const escaped = (char: string): string => {
  const code = char.codePointAt(0) ?? 0;
  return ESCAPES[char] ?? (code < 128 ? String.raw`\x${code.toString(16).padStart(2, '0')}` : char);
};

const quoted = (text: string): string => `"${text.replaceAll(/[\\"]|\p{Cc}/gu, escaped)}"`;

/** A value that is not split into words: systemd's own `%` taken from its meaning. */
export const value = (text: string): string => text.replaceAll('%', '%%');

/** One word among others, as in Environment=. */
export const word = (text: string): string => (PLAIN.test(text) ? text : value(quoted(text)));

/** What systemd does not take in the name of a program: it is run through env. */
const ODD = /['"\\]|\p{Cc}/u;

/** A command line of Exec*=. The file's own name may hold a dollar, the rest would be replaced by variables. */
export const commandLine = ([file = '', ...words]: readonly string[]): string =>
  ODD.test(file)
    ? commandLine(['/usr/bin/env', '--', file, ...words])
    : [word(file), ...words.map((one) => word(one).replaceAll('$', '$$$$'))].join(' ');

const lineText = (line: UnitLine): string =>
  typeof line === 'string'
    ? `# ${line.replaceAll(/\s+/g, ' ')}`.trimEnd()
    : `${line[0]}=${line[1].replaceAll(/[\r\n]+/g, ' ')}`;

export const unitText = (sections: readonly UnitSection[]): string =>
  `${sections.map(({ name, lines }) => [`[${name}]`, ...lines.map(lineText)].join('\n')).join('\n\n')}\n`;
