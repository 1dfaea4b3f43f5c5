// How do the C files of src/guardian become dist/guardian/guardian on this machine?
// A machine without a C compiler still gets a working tsvisor, so that is one clear line and no failure.
// A first argument names another place for the binary.

import { spawnSync } from 'node:child_process';
import { mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const sources = ['guardian.c', 'channels.c', 'service.c'].map((name) => join(root, 'src/guardian', name));
const target = resolve(process.argv[2] ?? join(root, 'dist/guardian/guardian'));
const FLAGS = ['-std=c11', '-Os', '-Wall', '-Wextra', '-ffunction-sections', '-Wl,--gc-sections', '-s'];

// Smallest in memory first: what stays resident for months is the point.
const LINKAGES = [
  { name: 'static musl', compiler: 'musl-gcc', flags: ['-static'] },
  { name: 'static', compiler: process.env.CC ?? 'cc', flags: ['-static'] },
  { name: 'dynamic', compiler: process.env.CC ?? 'cc', flags: [] },
];

const succeeds = (command, args) => spawnSync(command, args, { encoding: 'utf8', timeout: 60_000 });

/** Compiles beside the target and renames, so that a running guardian and a parallel build are left alone. */
const build = ({ compiler, flags }) => {
  const made = `${target}.${process.pid}`;
  const compiled = succeeds(compiler, [...FLAGS, ...flags, '-o', made, ...sources]);
  if (compiled.error !== undefined) return { reason: 'absent', text: '' };
  const runs = compiled.status === 0 && succeeds(made, ['fifo', '600']).status === 0;
  if (runs) renameSync(made, target);
  rmSync(made, { force: true });
  return runs ? null : { reason: 'failed', text: compiled.stderr };
};

mkdirSync(dirname(target), { recursive: true });
const failures = [];
const linkage = LINKAGES.find((candidate) => {
  const failure = build(candidate);
  if (failure !== null) failures.push(failure);
  return failure === null;
});

if (linkage !== undefined) {
  const size = Math.round(statSync(target).size / 1000);
  console.log(`guardian: ${linkage.name}, ${size} kB, built by ${linkage.compiler}`);
} else if (failures.every(({ reason }) => reason === 'absent')) {
  console.log(
    'no C compiler: tsvisor will run without its guardian (portable rung); install gcc and run npm run build',
  );
} else {
  console.log(failures.map(({ text }) => text).join(''));
  console.log(
    'the C compiler failed (see above): tsvisor will run without its guardian (portable rung); install gcc and libc6-dev and run npm run build',
  );
}
