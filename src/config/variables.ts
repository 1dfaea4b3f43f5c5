// What do `${NAME}` and `${NAME:-default}` stand for in a section of YAML that asks for them with expand_env?

import { mapRaw } from './draft.ts';
import type { Entries, Origin } from './draft.ts';
import { refuse } from './refusal.ts';
import type { Refusal } from './refusal.ts';

const VARIABLE = /\$(?:\$|\{([A-Za-z_]\w*)(?::-([^}]*))?\})/g;

/** So that what comes from outside is not expanded again as %(name)s. */
const plain = (text: string): string => text.replaceAll('%', '%%');

/** The text with its variables filled in, `$$` as one dollar; refused when one is not set and has no default. */
const fill = (text: string, env: Readonly<Record<string, string>>): string | Refusal => {
  const missing = [...text.matchAll(VARIABLE)].find(
    ([, name, otherwise]) => name !== undefined && env[name] === undefined && otherwise === undefined,
  );
  if (missing?.[1] !== undefined) {
    return refuse(`the variable ${missing[1]} is not set`, `set it, or write \${${missing[1]}:-default}`);
  }
  return text.replaceAll(VARIABLE, (_, name: string | undefined, otherwise: string | undefined) => {
    if (name === undefined) return '$';
    // As in a shell, an empty variable takes the default too.
    const value = env[name];
    return value === undefined || (value === '' && otherwise !== undefined)
      ? (otherwise ?? '')
      : plain(value);
  });
};

/** Fills in the variables of every value. */
export const expandVariables = (
  entries: Entries,
  env: Readonly<Record<string, string>>,
  refused: (key: string, at: Origin, refusal: Refusal) => void,
): void => {
  for (const [key, entry] of entries) {
    entry.raw = mapRaw(entry.raw, (text) => {
      const filled = fill(text, env);
      if (typeof filled === 'string') return filled;
      refused(key, entry, filled);
      return text;
    });
  }
};
