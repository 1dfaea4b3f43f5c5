// Which patterns may be looked for in what a program writes? Only those that take time in proportion to the text, whatever it is.

import { errorText } from '../model/errors.ts';
import { refuse, shown } from './refusal.ts';
import type { Refusal } from './refusal.ts';

/** V8 has a second engine that never goes back; it refuses what it cannot do: back references, looking around, large counts. */
const allow = (): void =>
  process.getBuiltinModule('node:v8').setFlagsFromString('--enable-experimental-regexp-engine');

/** A regular expression of that engine. */
export const linearPattern = (text: string): RegExp | Refusal => {
  allow();
  try {
    // A flag of V8's own, which the linter does not know.
    // oxlint-disable-next-line no-invalid-regexp
    return new RegExp(text, 'l');
  } catch (error) {
    const why = errorText(error);
    return refuse(
      `${shown(text)} is no pattern: ${why.replace(/^Invalid regular expression: .*\/\w*: /, '')}`,
      'a regular expression without back references, lookaround and large counts',
    );
  }
};
