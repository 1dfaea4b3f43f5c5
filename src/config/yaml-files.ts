// What do a tsvisor.yaml and the files it includes say together? One map per top-level section.

import { dirname } from 'node:path';
import type { Problem } from '../model/problem.ts';
import { byCodePoint } from './blanks.ts';
import { problemAt } from './draft.ts';
import type { Origin } from './draft.ts';
import { glob } from './glob.ts';
import { includeRoom, overrun } from './include-room.ts';
import { isRefusal } from './refusal.ts';
import { readText } from './text-file.ts';
import { parseYaml } from './yaml.ts';
import type { Field, Tree } from './yaml.ts';

const MAX_FILES = 1000;

export interface TopSection {
  readonly at: Origin;
  readonly fields: Map<string, Field>;
}

export interface YamlFiles {
  readonly sections: Map<string, TopSection>;
  readonly includedFiles: string[];
  readonly problems: Problem[];
  readonly warnings: Problem[];
}

const addFields = (files: YamlFiles, key: string, field: Field): void => {
  const section = files.sections.get(key) ?? { at: field.keyAt, fields: new Map<string, Field>() };
  files.sections.set(key, section);
  if (field.value.kind === 'empty') return;
  if (field.value.kind !== 'map') {
    files.problems.push(problemAt(field.value.at, { key, message: `cannot use ${key}: it is not a map` }));
    return;
  }
  for (const [name, inner] of field.value.fields) {
    const known = section.fields.get(name);
    if (known === undefined) section.fields.set(name, inner);
    else {
      const where = `${known.keyAt.file}:${known.keyAt.line}`;
      const message = `cannot use ${key}.${name}: it is already in ${where}`;
      files.problems.push(problemAt(inner.keyAt, { key: name, message, hint: 'keep one of them' }));
    }
  }
};

const patternsOf = (tree: Tree): string[] => {
  if (tree.kind === 'text') return [tree.text];
  return tree.kind === 'list' ? tree.items.flatMap((item) => (item.kind === 'text' ? [item.text] : [])) : [];
};

const include = (files: YamlFiles, main: string, field: Field): void => {
  const room = includeRoom(MAX_FILES);
  for (const written of patternsOf(field.value)) {
    const found = glob(written.startsWith('/') ? written : `${dirname(main)}/${written}`, room);
    if (found.length === 0) {
      const message = `no file matches ${written}`;
      files.warnings.push(
        problemAt(field.value.at, {
          key: 'include',
          message,
          hint: 'it is relative to the file that includes',
        }),
      );
    }
    for (const file of found.toSorted(byCodePoint)) {
      room.files -= 1;
      if (overrun(room) !== null) break;
      files.includedFiles.push(file);
      const text = readText(file);
      if (isRefusal(text)) {
        const message = `cannot read this included file: ${text.refused}`;
        files.problems.push(problemAt({ file, line: 0, column: 0 }, { message, hint: text.hint }));
      } else {
        room.characters -= text.length;
        addFile(files, file, { text, main });
      }
    }
  }
  const tooMuch = overrun(room);
  if (tooMuch !== null)
    files.problems.push(
      problemAt(field.value.at, { key: 'include', message: tooMuch, hint: 'use a narrower pattern' }),
    );
};

const addFile = (
  files: YamlFiles,
  file: string,
  from: { readonly text: string; readonly main: string },
): void => {
  const parsed = parseYaml(file, from.text);
  files.problems.push(...parsed.problems);
  const { tree } = parsed;
  if (tree === null || tree.kind === 'empty') return;
  if (tree.kind !== 'map') {
    files.problems.push(problemAt(tree.at, { message: 'cannot use this file: it is not a map of sections' }));
    return;
  }
  for (const [key, field] of tree.fields) {
    if (key !== 'include' && !key.startsWith('x-')) addFields(files, key, field);
  }
  const wanted = tree.fields.get('include');
  if (wanted === undefined) return;
  if (file === from.main) include(files, file, wanted);
  else {
    const message = 'cannot include from an included file';
    files.problems.push(
      problemAt(wanted.keyAt, { key: 'include', message, hint: `include it from ${from.main}` }),
    );
  }
};

/** Reads the main file, whose text is at hand, and what it includes. */
export const readYamlFiles = (file: string, text: string): YamlFiles => {
  const files: YamlFiles = { sections: new Map(), includedFiles: [], problems: [], warnings: [] };
  addFile(files, file, { text, main: file });
  return files;
};
