// Is a config refused that would fill the supervisor, before it does?

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadPlan } from '../../src/config/load.ts';
import { makeFolder } from './sandbox.ts';

const refusals = async (folder: string, file: string): Promise<readonly string[]> => {
  const resolved = await loadPlan(join(folder, file), { env: {}, cwd: folder });
  return (resolved.plan === null ? resolved.problems : []).map(
    ({ line, key, message }) => `${line} ${key}: ${message}`,
  );
};

/** Looks at 60 * 60 * 60 names. */
const WIDE = '*/../*/../*/x.conf';

const wideFolder = (files: Readonly<Record<string, string>>): string => {
  const folder = makeFolder(files);
  for (let number = 0; number < 60; number += 1) mkdirSync(join(folder, `d${number}`));
  return folder;
};

describe('a config with too many includes', () => {
  test('is refused when their pattern is too wide', async () => {
    const folder = wideFolder({
      'a.conf': `[supervisord]\n[include]\nfiles=${WIDE}\n`,
      'a.yaml': `include: "${WIDE}"\nprograms:\n  a:\n    command: x\n`,
    });
    const told = 'cannot look through more than 100000 names for files to include';
    expect(await refusals(folder, 'a.conf')).toEqual([`3 files: ${told}`]);
    expect(await refusals(folder, 'a.yaml')).toEqual([`1 include: ${told}`]);
  });

  test('is refused when they are too large together', async () => {
    const large = `;${'x'.repeat(3_500_000)}\n`;
    const folder = makeFolder({
      'a.conf': '[supervisord]\n[include]\nfiles=part*.conf\n',
      ...Object.fromEntries([1, 2, 3, 4, 5].map((number) => [`part${number}.conf`, large])),
    });
    expect(await refusals(folder, 'a.conf')).toEqual(['3 files: cannot include more than 16 MiB']);
  });

  test('is refused when they are too many, in YAML too', async () => {
    const folder = makeFolder({
      'a.yaml': 'include: "parts/*.yaml"\nprograms:\n  a:\n    command: x\n',
      ...Object.fromEntries(Array.from({ length: 1001 }, (_, number) => [`parts/${number}.yaml`, ''])),
    });
    expect(await refusals(folder, 'a.yaml')).toEqual(['1 include: cannot include more than 1000 files']);
  });
});

test('a config of more than 20000 processes is refused at the section that is too much', async () => {
  const section = (name: string): string =>
    `[program:${name}]\ncommand=x\nnumprocs=10000\nprocess_name=%(process_num)d\n`;
  const folder = makeFolder({
    'a.conf': `[supervisord]\n${['a', 'b', 'c', 'd'].map(section).join('')}`,
    'b.conf': `[supervisord]\n${['a', 'b'].map(section).join('')}`,
  });
  expect(await refusals(folder, 'a.conf')).toEqual([
    '12 numprocs: cannot use [program:c]: with it there are more than 20000 processes in all',
  ]);
  expect(await refusals(folder, 'b.conf')).toEqual([]);
});
