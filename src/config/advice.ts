// What in a config is no error but worth a word? Each rule looks at one thing and says what to do about it.

import { statSync } from 'node:fs';
import { commandAdvice } from './advice-command.ts';
import { keyAdvice } from './advice-keys.ts';
import type { Advice } from './advice-rules.ts';
import { draftFile } from './load.ts';
import type { LoadOptions } from './load.ts';
import { worldOf } from './world.ts';

const readableByAll = (file: string): boolean => {
  const mode = statSync(file, { throwIfNoEntry: false })?.mode ?? 0;
  return (mode & 0o004) !== 0;
};

/** Advice about a config, in the order of its lines. A file that cannot be read gives none: loadPlan says why. */
export const advise = async (path: string, options: LoadOptions = {}): Promise<readonly Advice[]> => {
  const { draft, includedFiles } = await draftFile(path, worldOf(options), options);
  const files = [draft.file, ...includedFiles];
  const open = new Set(files.filter(readableByAll));
  const sections = [...draft.sections.values()];
  const found = sections.flatMap((section) => [
    ...keyAdvice(section, draft.dialect, (file) => open.has(file)),
    ...commandAdvice(section, draft.dialect),
  ]);
  return found.toSorted((a, b) => files.indexOf(a.file) - files.indexOf(b.file) || a.line - b.line);
};
