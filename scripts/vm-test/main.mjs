// Does tsvisor hold where only a machine of its own can show it? A virtual machine with cgroup v2, without swap, really out of memory.
//
// usage: node scripts/vm-test/main.mjs [supervisord|tsvisor|systemd ...]
//
// The image is built once, in TSVISOR_VM_CACHE or ~/.cache/tsvisor-vm. One machine at a time, each bounded in time.

import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const PACKAGE = fileURLToPath(new URL('../..', import.meta.url));
const SCENES = [
  { name: 'supervisord', seconds: 240 },
  { name: 'tsvisor', seconds: 900 },
  { name: 'systemd', seconds: 400, init: 'systemd' },
];

/** Why no machine can be booted here; null when one can. */
const lack = () => {
  if (process.platform !== 'linux' || process.arch !== 'x64') return 'the image is for Linux on x64';
  if (process.getuid() !== 0) return 'building the image needs root';
  if (!existsSync('/etc/debian_version')) return 'the image is made of the packages of a Debian';
  return existsSync(join(PACKAGE, 'dist/cli/main.js')) ? null : 'dist is missing: npm run build';
};

/** A changed recipe is another image. */
const cacheFolder = () => {
  const recipe = ['build.sh', 'guest/init.sh'].map((name) => readFileSync(join(HERE, name)));
  const key = createHash('sha256')
    .update(Buffer.concat(recipe))
    .update(process.version)
    .digest('hex')
    .slice(0, 12);
  return join(process.env['TSVISOR_VM_CACHE'] ?? join(homedir(), '.cache/tsvisor-vm'), key);
};

const build = (cache) => {
  const begun = performance.now();
  const { status, stderr } = spawnSync('sh', [join(HERE, 'build.sh'), cache], {
    encoding: 'utf8',
    timeout: 600_000,
  });
  if (status !== 0)
    return `the image cannot be built: ${stderr.trim().split('\n').at(-1) ?? ''} (${cache}/build.log)`;
  console.log(`image in ${cache}, ${Math.round((performance.now() - begun) / 1000)} s`);
  return null;
};

/** Packages that run, without those for development. */
const copyPackage = (folder) => {
  const paths = execFileSync('npm', ['ls', '--omit=dev', '--all', '--parseable'], {
    cwd: PACKAGE,
    encoding: 'utf8',
  });
  for (const path of paths.trim().split('\n').slice(1)) {
    const inside = relative(PACKAGE, path);
    if (inside.startsWith('node_modules'))
      cpSync(path, join(folder, inside), { recursive: true, dereference: true });
  }
  for (const name of ['dist', 'package.json'])
    cpSync(join(PACKAGE, name), join(folder, name), { recursive: true });
};

const furnish = (folder, scene) => {
  cpSync(join(HERE, 'guest'), folder, { recursive: true });
  cpSync(join(HERE, `guest/${scene.name}.sh`), join(folder, 'job.sh'));
  cpSync(join(PACKAGE, 'examples/systemd/tsvisor.service'), join(folder, 'tsvisor.service'));
  if (scene.name === 'supervisord') return;
  mkdirSync(join(folder, 'tsvisor'));
  copyPackage(join(folder, 'tsvisor'));
};

/** What the job said: `RESULT key value` lines are figures, the rest is printed. */
const boot = (cache, scene) =>
  new Promise((resolve) => {
    const folder = mkdtempSync(join(tmpdir(), 'tsvisor-vm-'));
    furnish(folder, scene);
    const words = [join(HERE, 'boot.sh'), cache, folder, String(scene.seconds), scene.init ?? ''];
    const child = spawn('bash', words, { stdio: ['ignore', 'pipe', 'inherit'] });
    const stop = () => child.kill('SIGTERM');
    process.once('SIGINT', stop).once('SIGTERM', stop);
    const results = {};
    let rest = '';
    const read = (line) => {
      const [, key, value] = /^RESULT (\S+) (.*)$/.exec(line.trimEnd()) ?? [];
      if (key !== undefined) results[key] = value;
      if (key !== undefined) console.log(`  ${scene.name}: ${key} ${value}`);
      else if (line.trim() !== '') console.log(`  ${scene.name}: ${line.trimEnd()}`);
    };
    child.stdout.setEncoding('utf8').on('data', (text) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop();
      lines.forEach(read);
    });
    child.on('close', (status) => {
      process.off('SIGINT', stop).off('SIGTERM', stop);
      read(rest);
      rmSync(folder, { recursive: true, force: true });
      resolve({ status, results });
    });
  });

const isAtLeast = (fraction, least) => Number(String(fraction ?? '0/1').split('/')[0]) >= least;

/** Each row: what is asked, the key under either supervisor, and what tsvisor's must be. */
const ROWS = [
  {
    label: 'a tmpfs fills: is the supervisor chosen?',
    theirs: 'chosen',
    ours: 'chosen',
    good: (value) => value === 'no',
  },
  {
    label: '   verdicts on what was chosen',
    ours: 'natural-verdicts',
    good: (value) => /certain\/machine/.test(value ?? ''),
  },
  { label: '   jobs that work twice', ours: 'natural-duplicates', good: (value) => value === '0' },
  {
    label: 'the supervisor is OOM-killed: survivors',
    theirs: 'survivors',
    ours: 'survivors',
    good: (value) => value === '0',
  },
  {
    label: '   jobs that work twice after its restart',
    theirs: 'duplicates',
    ours: 'duplicates',
    good: (value) => value === '0',
  },
  { label: '   programs up, of 2', theirs: 'up', ours: 'up', good: (value) => value === '2' },
  { label: '   verdict on its death', ours: 'verdict', good: (value) => value === 'certain/machine' },
  {
    label: '   milliseconds until the last survivor was gone',
    ours: 'sweep-ms',
    good: (value) => Number(value) < 2000,
  },
  { label: 'memory.oom.group: verdict', ours: 'group-kill', good: (value) => value === 'certain/own-limit' },
  { label: '   told as a group kill', ours: 'group-words', good: (value) => value === 'yes' },
  {
    label: 'scores lowered with the capability: supervisor',
    ours: 'score-supervisor',
    good: (value) => Number(value) < 0,
  },
  { label: '   a program with oom_score_adj=-100', ours: 'lowered', good: (value) => value === '-100' },
  { label: 'predicted victim is the one killed', ours: 'predicted', good: (value) => isAtLeast(value, 19) },
  {
    label: 'in a systemd unit: verdict on a program',
    ours: 'systemd-verdict',
    good: (value) => value === 'certain',
  },
  {
    label: '   the unit after it (state/restarts)',
    ours: 'systemd-unit',
    good: (value) => value === 'active/0',
  },
  {
    label: '   and after the supervisor was killed',
    ours: 'systemd-after',
    good: (value) => value === 'active/0',
  },
  { label: '   processes left after systemctl stop', ours: 'systemd-left', good: (value) => value === '0' },
];

const print = (theirs, ours) => {
  console.log(
    `\n${'Linux '.concat(ours.kernel ?? '', ' in a virtual machine').padEnd(56)}${'supervisord'.padStart(16)}${'tsvisor'.padStart(26)}`,
  );
  let failed = 0;
  for (const { label, theirs: their, ours: own, good } of ROWS) {
    const value = ours[own];
    const verdict = value === undefined ? 'not measured' : good(value) ? 'pass' : 'FAIL';
    if (verdict === 'FAIL') failed += 1;
    console.log(
      `${label.padEnd(56)}${(theirs[their] ?? '–').padStart(16)}${(value ?? '–').padStart(26)}  ${verdict}`,
    );
  }
  return failed;
};

const main = async () => {
  const why = lack();
  if (why !== null) return console.log(`skipped: ${why}`);
  const cache = cacheFolder();
  const broken = build(cache);
  if (broken !== null) return console.log(`skipped: ${broken}`);
  const wanted = process.argv.slice(2);
  const [theirs, ours] = [{}, {}];
  let lost = 0;
  for (const scene of SCENES.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
    const begun = performance.now();
    const { status, results } = await boot(cache, scene);
    console.log(`${scene.name}: status ${status}, ${Math.round((performance.now() - begun) / 1000)} s`);
    if (status !== 0) lost += 1;
    Object.assign(scene.name === 'supervisord' ? theirs : ours, results);
  }
  const failed = print(theirs, ours);
  process.exitCode = failed + lost > 0 ? 1 : 0;
};

delete process.env['NODE_EXTRA_CA_CERTS'];
await main();
