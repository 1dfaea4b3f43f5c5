// Is a command split and found as supervisord does it, with its texts?

import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { lookup } from '../../src/spawn/lookup.ts';

const folder = mkdtempSync(join(tmpdir(), 'tsvisor-test-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (path: string, mode: number): string => {
  writeFileSync(join(folder, path), '#!/bin/sh\n');
  chmodSync(join(folder, path), mode);
  return join(folder, path);
};
mkdirSync(join(folder, 'first'));
mkdirSync(join(folder, 'second'));
mkdirSync(join(folder, 'first/folder'));
const both = file('first/both', 0o755);
file('second/both', 0o755);
const second = file('second/second', 0o755);
const locked = file('first/locked', 0o644);
file('second/locked', 0o755);

const PATH = `/no/such:${join(folder, 'first')}:${join(folder, 'second')}`;
const find = (command: string, directory: string | null = null, env: Record<string, string> = { PATH }) =>
  lookup(command, { env, directory });

describe('looking a command up', () => {
  test("finds the first of the program's own PATH, and keeps the word as it was written", () => {
    expect(find('both -x "y z"')).toEqual({ file: both, args: ['both', '-x', 'y z'] });
    expect(find('second')).toEqual({ file: second, args: ['second'] });
  });

  test('looks in /bin, /usr/bin and /usr/local/bin where the environment has no PATH', () => {
    expect(find('sh', null, {})).toEqual({ file: '/bin/sh', args: ['sh'] });
  });

  test('takes the first that exists even if it cannot be run', () => {
    expect(find('locked')).toEqual({ error: `command at '${locked}' is not executable` });
    expect(find('folder')).toEqual({ error: `command at '${join(folder, 'first/folder')}' is a directory` });
  });

  test('finds a relative path with a / from the directory of the program', () => {
    expect(find('./both', join(folder, 'first'))).toEqual({ file: both, args: ['./both'] });
    expect(find('first/both', folder)).toEqual({ file: both, args: ['first/both'] });
  });

  test('finds a relative path from where tsvisor runs when the program has no directory', () => {
    expect(find('./package.json')).toEqual({
      error: `command at '${join(process.cwd(), 'package.json')}' is not executable`,
    });
  });

  test.each([
    ['nowhere', "can't find command 'nowhere'"],
    ['/no/such/file x', "can't find command '/no/such/file'"],
    [`it\\'s`, `can't find command "it's"`],
    ["sh -c 'x", `can't parse command "sh -c 'x": No closing quotation`],
    ['sh "x', `can't parse command 'sh "x': No closing quotation`],
    ['', 'command is empty'],
    ['  ', 'command is empty'],
  ])('%j is refused in the words of supervisord', (command, error) => {
    expect(find(command)).toEqual({ error });
  });

  test.skipIf(process.getuid?.() === 0)('tells a file that only others may run', () => {
    const others = file('first/others', 0o011);
    expect(find('others')).toEqual({ error: `no permission to run command '${others}'` });
  });
});
