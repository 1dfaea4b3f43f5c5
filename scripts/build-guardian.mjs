// How do the C files of src/guardian become dist/guardian/guardian on this machine?
// A machine without a C compiler still gets a working tsvisor, so that is one clear line and no failure.
// A first argument names another place for the binary; `--all` makes prebuilt/guardian-x64 and -arm64 of the package, or fails.

import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = join(root, 'src/guardian');
const sources = readdirSync(folder)
  .filter((name) => name.endsWith('.c'))
  .map((name) => join(folder, name));
const FLAGS = [
  '-std=c11',
  '-Os',
  '-Wall',
  '-Wextra',
  '-Werror=implicit-function-declaration',
  '-ffunction-sections',
  '-Wl,--gc-sections',
  '-s',
];
const NATIVE = process.env.CC ?? 'cc';

const musl = (compiler, flags = []) => ({ name: 'static musl', compiler, flags: ['-static', ...flags] });
const glibc = (compiler) => ({ name: 'static glibc', compiler, flags: ['-static'] });

// Smallest in memory first: what stays resident for months is the point.
const HERE = [musl('musl-gcc'), glibc(NATIVE), { name: 'dynamic', compiler: NATIVE, flags: [] }];

/** The C library that musl-dev of Debian's other architecture brings, with the compiler that crosses over. */
const across = (machine) => [
  musl(`${machine}-linux-gnu-gcc`, ['-specs', `/usr/lib/${machine}-linux-musl/musl-gcc.specs`]),
  glibc(`${machine}-linux-gnu-gcc`),
];

const PREBUILT = [
  { arch: 'x64', linkages: process.arch === 'x64' ? [musl('musl-gcc')] : across('x86_64') },
  { arch: 'arm64', linkages: process.arch === 'arm64' ? [musl('musl-gcc')] : across('aarch64') },
];

const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const run = (command, args) => spawnSync(command, args, { encoding: 'utf8', timeout: 60_000 });

/** Compiles beside the target and renames, so that a running guardian and a parallel build are left alone. */
const build = ({ name, compiler, flags }, { target, arch }) => {
  const made = `${target}.${process.pid}`;
  const said = `-DBUILD="${version} ${arch} ${name}"`;
  const compiled = run(compiler, [...FLAGS, said, ...flags, '-o', made, ...sources]);
  if (compiled.error !== undefined) return { reason: 'absent', text: `no ${compiler}\n` };
  const runs = compiled.status === 0 && (arch !== process.arch || run(made, ['fifo', '600']).status === 0);
  if (runs) renameSync(made, target);
  rmSync(made, { force: true });
  return runs ? null : { reason: 'failed', text: compiled.stderr };
};

/** The linkage that could be made, or what was wrong with each. */
const buildBest = (linkages, place) => {
  mkdirSync(dirname(place.target), { recursive: true });
  const failures = [];
  const linkage = linkages.find((candidate) => {
    const failure = build(candidate, place);
    if (failure !== null) failures.push(failure);
    return failure === null;
  });
  if (linkage === undefined) return { failures };
  const size = Math.round(statSync(place.target).size / 1000);
  console.log(`guardian: ${linkage.name}, ${size} kB, built by ${linkage.compiler}`);
  return { failures: null };
};

const buildHere = (target) => {
  const { failures } = buildBest(HERE, { target, arch: process.arch });
  if (failures === null) return;
  if (failures.every(({ reason }) => reason === 'absent'))
    return console.log(
      'no C compiler: tsvisor will run without its guardian (portable mode); install gcc and run npm run build',
    );
  console.log(failures.map(({ text }) => text).join(''));
  console.log(
    'the C compiler failed (see above): tsvisor will run without its guardian (portable mode); install gcc and libc6-dev and run npm run build',
  );
};

/** A package without the guardian of an architecture must not be made by mistake. */
const buildAll = () => {
  for (const { arch, linkages } of PREBUILT) {
    const { failures } = buildBest(linkages, { target: join(root, `prebuilt/guardian-${arch}`), arch });
    if (failures === null) continue;
    console.error(failures.map(({ text }) => text).join(''));
    console.error(
      `cannot build the guardian for ${arch}: see above; scripts/install-peers.sh installs what it takes`,
    );
    process.exitCode = 1;
  }
};

if (process.argv[2] === '--all') buildAll();
else buildHere(resolve(process.argv[2] ?? join(root, 'dist/guardian/guardian')));
