// What does a tsvisor.yaml say? The same draft as an ini file's, each value with line and column.

import { problemAt, emptyDraft } from './draft.ts';
import type { Drafted } from './load.ts';

export const draftYaml = (file: string): Drafted => {
  const problem = problemAt(
    { file, line: 0, column: 0 },
    { message: 'cannot read YAML yet', hint: 'use an ini file' },
  );
  return { draft: emptyDraft('yaml', file), includedFiles: [], problems: [problem], warnings: [] };
};
