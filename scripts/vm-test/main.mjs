// Does tsvisor hold where only a machine of its own can show it? Virtual machines with cgroup v2, without swap, really out of memory.
//
// usage: node scripts/vm-test/main.mjs [--all] [SCENE ...]
//
// Exit status 1 when a promised figure is missed or was not measured, 77 when no machine can be booted here (and why is said).
// The image is built once, in TSVISOR_VM_CACHE or ~/.cache/tsvisor-vm. Two machines at a time, each bounded in time.
// --all makes the longest run longer, 600 kills of mixed kinds instead of 48, and plays every scene.

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { boot, packFolder, PACKAGE } from './machine.mjs';
import { ROWS } from './rows.mjs';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const IS_LONG = process.argv.includes('--all');
const CANNOT = 77;

/** The longest first, so that nothing long is left alone at the end. `reads`: of the disk, a second. */
const SCENES = [
  { name: 'predictions', job: 'with-node.sh predictions', seconds: 600 },
  { name: 'care', job: `with-node.sh care ${IS_LONG ? 600 : 48}`, seconds: IS_LONG ? 1800 : 400 },
  { name: 'thrash', job: 'thrash.sh', seconds: 400, reads: 1500 },
  { name: 'incident', job: 'with-node.sh tsvisor', seconds: 300 },
  { name: 'supervisord', job: 'supervisord.sh', seconds: 240, bare: true },
  { name: 'killers', job: 'with-node.sh killers', seconds: 300, init: 'systemd' },
  { name: 'migrate', job: 'migrate.sh', seconds: 300, init: 'systemd' },
  { name: 'systemd', job: 'with-node.sh systemd', seconds: 300, init: 'systemd' },
  { name: 'install', job: 'with-node.sh install', seconds: 300, init: 'systemd', isLong: true },
];

/** Why no machine can be booted here; null when one can. */
const lack = () => {
  if (process.platform !== 'linux' || process.arch !== 'x64') return 'the image is for Linux on x64';
  if (process.getuid() !== 0) return 'building the image needs root';
  if (!existsSync('/etc/debian_version')) return 'the image is made of the packages of a Debian';
  return null;
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

/** Null, or why it cannot be built. */
const build = (cache) => {
  const { status, stderr } = spawnSync('sh', [join(HERE, 'build.sh'), cache], {
    encoding: 'utf8',
    timeout: 600_000,
  });
  if (status === 0) return null;
  return `the image cannot be built: ${stderr.trim().split('\n').at(-1) ?? ''} (${cache}/build.log)`;
};

/** As many at a time as there are processors for, two at most. */
const playAll = async (ground, scenes) => {
  const waiting = [...scenes];
  const played = [];
  const halt = () => void (waiting.length = 0);
  process.once('SIGINT', halt).once('SIGTERM', halt);
  const lane = async () => {
    for (let scene = waiting.shift(); scene !== undefined; scene = waiting.shift()) {
      const end = await boot(ground, scene);
      console.log(`${scene.name}: status ${end.status}, ${Math.round(end.seconds)} s`);
      played.push(end);
    }
  };
  await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, lane));
  return played;
};

const judge = ({ ours: key, good }, ours) => {
  const value = ours[key];
  if (value === undefined) return 'NOT MEASURED';
  return good(value) ? 'pass' : 'FAIL';
};

/** How many rows do not hold. */
const print = (rows, { theirs, ours }) => {
  const title = `Linux ${ours['kernel'] ?? ''} in a virtual machine`;
  console.log(`\n${title.padEnd(56)}${'supervisord'.padStart(14)}${'tsvisor'.padStart(34)}`);
  let failed = 0;
  for (const row of rows) {
    const verdict = judge(row, ours);
    if (verdict !== 'pass') failed += 1;
    const cells = [(theirs[row.theirs] ?? '–').padStart(14), (ours[row.ours] ?? '–').padStart(34)];
    console.log(`${row.label.padEnd(56)}${cells.join('')}  ${verdict}`);
  }
  return failed;
};

const gather = (played) => {
  const [theirs, ours] = [{}, {}];
  for (const { scene, results } of played) {
    const isTheirs = (key) => scene.name === 'supervisord' || key.startsWith('theirs-');
    for (const [key, value] of Object.entries(results)) (isTheirs(key) ? theirs : ours)[key] = value;
  }
  return { theirs, ours };
};

const seconds = (since) => Math.round((performance.now() - since) / 1000);

const main = async () => {
  const wanted = process.argv.slice(2).filter((word) => word !== '--all');
  const unknown = wanted.filter((word) => !SCENES.some(({ name }) => name === word));
  if (unknown.length > 0) throw new Error(`no such scene: ${unknown.join(', ')}`);
  if (!existsSync(join(PACKAGE, 'dist/cli/main.js'))) throw new Error('dist is missing: npm run build');
  const begun = performance.now();
  const cache = cacheFolder();
  const why = lack() ?? build(cache);
  if (why !== null) {
    console.log(`skipped, no virtual machine here: ${why}`);
    return CANNOT;
  }
  console.log(`image in ${cache}, ${seconds(begun)} s`);
  const isWanted = ({ name, isLong }) =>
    wanted.length === 0 ? IS_LONG || isLong !== true : wanted.includes(name);
  const scenes = SCENES.filter(isWanted);
  const packed = packFolder();
  const played = await playAll({ cache, packed }, scenes).finally(() => rmSync(packed, { recursive: true }));
  const rows = ROWS.filter(({ scene }) => played.some((one) => one.scene.name === scene));
  const failed = print(rows, gather(played));
  const lost = played.filter(({ status }) => status !== 0).map(({ scene }) => scene.name);
  if (lost.length > 0) console.log(`scenes that did not come to their end: ${lost.join(', ')}`);
  console.log(`${played.length} scenes, ${rows.length} rows, ${failed} of them missed, ${seconds(begun)} s`);
  return failed + lost.length > 0 || played.length !== scenes.length ? 1 : 0;
};

delete process.env['NODE_EXTRA_CA_CERTS'];
process.exitCode = await main();
