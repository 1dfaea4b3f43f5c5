// Where is there no glibc for anybody but Node? A root folder with busybox and musl, as Alpine is laid out.

import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { execa } from 'execa';

const LOADER = '/lib/ld-musl-x86_64.so.1';
const APPLETS = ['sh', 'mount', 'chroot', 'cat', 'sleep', 'env', 'ls'];

/** A program that musl's own loader runs; it tells so and stays. */
const PROGRAM = `#include <stdio.h>
#include <unistd.h>
int main(void) { puts("linked with musl"); fflush(stdout); for (;;) pause(); }
`;

const busybox = (): string => execFileSync('which', ['busybox'], { encoding: 'utf8' }).trim();

export const canMakeMuslRoot =
  process.arch === 'x64' &&
  process.getuid?.() === 0 &&
  existsSync(LOADER) &&
  ['busybox', 'musl-gcc', 'unshare'].every((name) => spawnSync('which', [name]).status === 0);

const addFile = (root: string, path: string): void => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  copyFileSync(path, join(root, path));
};

/** Node for musl is in no Debian package: ours comes along with the libraries that it asks for. */
const addNode = (root: string): void => {
  const libraries = execFileSync('ldd', [process.execPath], { encoding: 'utf8' });
  for (const [path] of libraries.matchAll(/\/\S+\.so\S*/g)) addFile(root, path);
  copyFileSync(process.execPath, join(root, 'usr/bin/node'));
};

const addMusl = (root: string): void => {
  addFile(root, LOADER);
  mkdirSync(join(root, 'bin'));
  copyFileSync(busybox(), join(root, 'bin/busybox'));
  for (const applet of APPLETS) symlinkSync('busybox', join(root, 'bin', applet));
  mkdirSync(join(root, 'usr/bin'));
  symlinkSync('/bin/busybox', join(root, 'usr/bin/env'));
  writeFileSync(join(root, 'waits.c'), PROGRAM);
  execFileSync('musl-gcc', ['-o', join(root, 'bin/waits'), join(root, 'waits.c')]);
};

/** Fills `root`; `modules` is the folder node_modules that npm made. */
export const makeMuslRoot = (root: string, modules: string): void => {
  for (const name of ['proc', 'tmp', 'dev', 'etc', 'srv', 'usr/lib'])
    mkdirSync(join(root, name), { recursive: true });
  writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\n');
  writeFileSync(join(root, 'etc/group'), 'root:x:0:\n');
  execFileSync('mknod', ['-m', '666', join(root, 'dev/null'), 'c', '1', '3']);
  addMusl(root);
  addNode(root);
  cpSync(modules, join(root, 'usr/lib/node_modules'), { recursive: true, verbatimSymlinks: true });
  symlinkSync('../lib/node_modules/tsvisor/dist/cli/main.js', join(root, 'usr/bin/tsvisor'));
};

/** Runs a script as the first process of a world of its own below `root`; nothing of it is left at its end. */
export const runInRoot = async (root: string, script: string): Promise<string> => {
  const words = ['--mount', '--pid', '--fork', '--kill-child', `--mount-proc=${join(root, 'proc')}`];
  const inside = ['chroot', root, '/bin/sh', '-ec', script];
  const { stdout } = await execa('unshare', [...words, ...inside], {
    env: { PATH: '/usr/bin:/bin:/usr/sbin:/sbin', HOME: '/' },
    extendEnv: false,
    stdin: 'ignore',
    timeout: 60_000,
  });
  return stdout;
};
