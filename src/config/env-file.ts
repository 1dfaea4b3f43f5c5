// Which variables does an env_file of YAML set? Lines of KEY=value, read when the config is.

import { dirname, resolve } from 'node:path';
import { isMap } from './draft.ts';
import type { Entries, Entry, Origin } from './draft.ts';
import { isRefusal, refuse } from './refusal.ts';
import type { Refusal } from './refusal.ts';
import { readText } from './text-file.ts';

type Refused = (key: string, at: Origin, refusal: Refusal) => void;

const LINE = /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(.*?)\s*$/;

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' };

/** Double quotes know \n, \t, \r, \" and \\; single quotes nothing; without quotes a blank and # start a comment. */
const valueOf = (text: string): string => {
  const double = /^"((?:[^"\\]|\\.)*)"/.exec(text);
  if (double !== null)
    return (double[1] ?? '').replaceAll(/\\(.)/g, (_, code: string) => ESCAPES[code] ?? code);
  const single = /^'([^']*)'/.exec(text);
  return single?.[1] ?? text.replace(/(^|\s+)#.*$/, '');
};

/** The variables of one file's text, or the number of the first line that sets none. */
const parseEnvFile = (text: string): Record<string, string> | number => {
  const variables: Record<string, string> = {};
  for (const [index, line] of text.split(/\r\n|\r|\n/).entries()) {
    if (/^\s*(#|$)/.test(line)) continue;
    const match = LINE.exec(line);
    if (match?.[1] === undefined) return index + 1;
    variables[match[1]] = valueOf(match[2] ?? '');
  }
  return variables;
};

const readOne = (written: string, entry: Entry, refused: Refused): Record<string, string> => {
  const optional = written.startsWith('-');
  const path = resolve(dirname(entry.file), optional ? written.slice(1) : written);
  const text = readText(path);
  if (isRefusal(text)) {
    const missing = text.refused === 'it does not exist';
    if (!(optional && missing)) {
      const hint = missing ? `create it, or write -${written} when it may be missing` : text.hint;
      refused('env_file', entry, refuse(`cannot read ${path}: ${text.refused}`, hint));
    }
    return {};
  }
  const variables = parseEnvFile(text);
  if (typeof variables !== 'number') return variables;
  refused('env_file', entry, refuse(`cannot read line ${variables} of ${path}`, 'KEY=value, one a line'));
  return {};
};

/** Puts the variables of `env_file` behind those of `environment`; a later file wins over an earlier one. */
export const readEnvFiles = (entries: Entries, refused: Refused): void => {
  const entry = entries.get('env_file');
  if (entry === undefined) return;
  const files = typeof entry.raw === 'string' ? [entry.raw] : Object.values<string>(entry.raw);
  const own: Entry = entries.get('environment') ?? { ...entry, raw: {} };
  if (!isMap(own.raw)) {
    refused('environment', own, refuse('with env_file it has to be a map', 'KEY: value, one a line'));
    return;
  }
  const fromFiles = files.flatMap((file) => Object.entries(readOne(file, entry, refused)));
  const escaped = fromFiles.map(([key, value]) => [key, value.replaceAll('%', '%%')] as const);
  entries.set('environment', { ...own, raw: { ...Object.fromEntries(escaped), ...own.raw } });
};
