// Is tsvisor as fast and as small as promised, beside real supervisord in the same run?
//
// usage: node scripts/bench/main.mjs [--quick] [--only tsvisor|supervisord] [ROW...]

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cpus, loadavg, release } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { closeAllSandboxes, closeOnSignals, openSandbox } from '../observe/sandbox.mjs';
import { api } from './api.mjs';
import { config } from './config.mjs';
import { buildStamp } from './diary.mjs';
import { idle } from './idle.mjs';
import { logs } from './logs.mjs';
import { memory } from './memory.mjs';
import { restart } from './restart.mjs';
import { spawnCpu } from './spawn-cpu.mjs';
import { start } from './start.mjs';
import { stop } from './stop.mjs';
import { supervisorKilled } from './supervisor-killed.mjs';
import { SUPERVISORS } from './supervisors.mjs';
import { heading, line } from './table.mjs';
import { saysVersion } from './version.mjs';
import { web } from './web.mjs';

const ROWS = [
  restart,
  supervisorKilled,
  start,
  memory,
  idle,
  stop,
  spawnCpu,
  api,
  logs,
  config,
  saysVersion,
  web,
];
const GUARDIAN = fileURLToPath(new URL('guardian.mjs', import.meta.url));

const { values: options, positionals: wanted } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean', default: false }, only: { type: 'string' } },
});

/** Figures of one supervisor in one row; a failure is printed and leaves the row's cells empty. */
const measure = async (row, context) => {
  try {
    return await row.measure(context);
  } catch (error) {
    console.log(`${context.supervisor.name}, ${row.name}: ${error.message.split('\n')[0]}`);
    return null;
  }
};

const measureRow = async (row, { supervisors, stamp }) => {
  const figures = {};
  for (const supervisor of supervisors)
    figures[supervisor.name] = await measure(row, { supervisor, stamp, quick: options.quick });
  for (const each of row.lines) console.log(line(each, figures));
};

/** Absolute times mean little without them, ratios more. */
const circumstances = () =>
  `Node ${process.version}, Linux ${release()}, ${cpus().length} CPUs, load ${loadavg()[0].toFixed(1)} before`;

const main = async () => {
  const workshop = openSandbox('bench-tools');
  const stamp = buildStamp(workshop.file('stamp'));
  if (stamp === null) return console.log('cannot measure: there is no C compiler (cc) for the stamp program');
  const supervisors = SUPERVISORS.filter(
    ({ name, isPresent }) => (options.only ?? name) === name && isPresent(),
  );
  console.log(circumstances());
  for (const { name, version } of supervisors) console.log(`${name} ${version()}`);
  const rows = ROWS.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
  console.log(heading());
  for (const row of rows) await measureRow(row, { supervisors, stamp });
  if (existsSync(GUARDIAN) && (wanted.length === 0 || wanted.includes('guardian')))
    spawnSync(process.execPath, [GUARDIAN], { stdio: 'inherit', env: workshop.env });
};

delete process.env['NODE_EXTRA_CA_CERTS'];
closeOnSignals();
try {
  await main();
} finally {
  await closeAllSandboxes();
}
