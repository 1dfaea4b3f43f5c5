// Is a link that somebody else has put in the place of a log left alone, and any other followed?

import { chmodSync, closeSync, constants, existsSync, lchownSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openOwn } from '../../src/logs/open-own.ts';
import { makeFolder, makeLogs } from './sandbox.ts';

const FLAGS = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC;

/** A link to `target` in a folder of the mode; the link belongs to the user. */
const link = (mode: number, uid: number): { readonly path: string; readonly target: string } => {
  const folder = makeFolder();
  const target = join(makeFolder(), 'target');
  const path = join(folder, 'a.log');
  chmodSync(folder, mode);
  symlinkSync(target, path);
  if (uid !== process.getuid?.()) lchownSync(path, uid, uid);
  return { path, target };
};

test.skipIf(process.getuid?.() !== 0)(
  'a link of another user where everybody may write is refused (root)',
  () => {
    const { path, target } = link(0o1777, 65_534);
    expect(() => openOwn(path, FLAGS, 0o644)).toThrow(/ELOOP|EACCES/);
    const { logs } = makeLogs();
    logs.open({ path, maxBytes: 0, backups: 0 }).write(Buffer.from('secret'));
    expect(existsSync(target)).toBe(false);
  },
);

test.each([
  ['of our own where everybody may write', 0o1777, process.getuid?.() ?? 0],
  ['in a folder of our own', 0o755, process.getuid?.() ?? 0],
] as const)('a link %s is followed', (_, mode, uid) => {
  const { path, target } = link(mode, uid);
  closeSync(openOwn(path, FLAGS, 0o644));
  expect(readFileSync(target, 'utf8')).toBe('');
});

test.skipIf(process.getuid?.() !== 0)('a link of another user in a folder of ours is followed (root)', () => {
  const { path, target } = link(0o755, 65_534);
  closeSync(openOwn(path, FLAGS, 0o644));
  expect(existsSync(target)).toBe(true);
});
