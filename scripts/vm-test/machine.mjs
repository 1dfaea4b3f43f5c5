// How is one scene played? A folder is furnished, a virtual machine runs it, and its `RESULT key value` lines are the figures.

import { execFileSync, spawn } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const HERE = fileURLToPath(new URL('.', import.meta.url));
export const PACKAGE = fileURLToPath(new URL('../..', import.meta.url));

/** The package as it is installed, without what is for development, and the project's own run of mixed kills. */
export const packFolder = () => {
  const folder = mkdtempSync(join(tmpdir(), 'tsvisor-vm-'));
  const paths = execFileSync('npm', ['ls', '--omit=dev', '--all', '--parseable'], {
    cwd: PACKAGE,
    encoding: 'utf8',
  });
  for (const path of paths.trim().split('\n').slice(1)) {
    const inside = relative(PACKAGE, path);
    if (inside.startsWith('node_modules'))
      cpSync(path, join(folder, 'tsvisor', inside), { recursive: true, dereference: true });
  }
  for (const name of [
    'dist',
    'package.json',
    'scripts/bench/verdicts.mjs',
    'scripts/observe',
    'test/programs',
  ])
    cpSync(join(PACKAGE, name), join(folder, 'tsvisor', name), { recursive: true });
  cpSync(join(HERE, 'guest'), folder, { recursive: true });
  cpSync(join(PACKAGE, 'examples/systemd/tsvisor.service'), join(folder, 'tsvisor.service'));
  cpSync(join(PACKAGE, 'docs/migrate.md'), join(folder, 'migrate.md'));
  return folder;
};

const furnish = (packed, { job, bare }) => {
  const folder = mkdtempSync(join(tmpdir(), 'tsvisor-vm-'));
  cpSync(packed, folder, {
    recursive: true,
    filter: (path) => bare !== true || relative(packed, path) !== 'tsvisor',
  });
  writeFileSync(join(folder, 'job.sh'), `exec sh /job/${job}\n`);
  return folder;
};

/** What the scene prints, line by line: figures go to `results`, both to the screen, with the second in which they came. */
const reader = ({ name }, results) => {
  const begun = performance.now();
  let rest = '';
  const read = (raw) => {
    const line = raw.trimEnd();
    const [, key, value] = /^RESULT (\S+) (.*)$/.exec(line) ?? [];
    if (key !== undefined) results[key] = value;
    if (line.trim() !== '')
      console.log(
        `  ${name} ${Math.round((performance.now() - begun) / 1000)}: ${key === undefined ? line : `${key} = ${value}`}`,
      );
  };
  return {
    hear(text) {
      const lines = (rest + text).split('\n');
      rest = lines.pop();
      lines.forEach(read);
    },
    end: () => read(rest),
  };
};

/** Resolves with the status of the scene (124: its time was over), its figures, and seconds. */
export const boot = ({ cache, packed }, scene) =>
  new Promise((resolve) => {
    const begun = performance.now();
    const folder = furnish(packed, scene);
    const { seconds, init = 'plain', reads = 0 } = scene;
    const words = [join(HERE, 'boot.sh'), cache, folder, String(seconds), init, String(reads)];
    const child = spawn('bash', words, { stdio: ['ignore', 'pipe', 'inherit'] });
    const stop = () => child.kill('SIGTERM');
    process.once('SIGINT', stop).once('SIGTERM', stop);
    const results = {};
    const { hear, end } = reader(scene, results);
    child.stdout.setEncoding('utf8').on('data', hear);
    child.on('close', (status) => {
      process.off('SIGINT', stop).off('SIGTERM', stop);
      end();
      rmSync(folder, { recursive: true, force: true });
      resolve({ scene, status, results, seconds: (performance.now() - begun) / 1000 });
    });
  });
