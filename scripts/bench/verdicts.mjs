// Is every death called what it was? Kills of mixed kinds, many at once, and how each was judged.
//
// usage: node scripts/bench/verdicts.mjs [KILLS]     (1000; exit status 1 when one was called wrongly)

import { execFileSync, execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createClient } from '../../dist/api/client.js';
import { closeAllSandboxes, closeOnSignals, kill, openSandbox } from '../observe/sandbox.mjs';
import { until } from '../observe/wait.mjs';

const CLI = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const PROGRAM = fileURLToPath(new URL('../../test/programs/dies-as-told.sh', import.meta.url));
const KILLS = Number(process.argv[2] ?? 1000);
/** Programs that die at the same time. */
const AT_ONCE = 8;
const run = promisify(execFile);

/** On a slow machine eight deaths at once may take longer than anybody waits for one answer: then it is asked again. */
const patiently = (ask) =>
  until(
    'an answer',
    () =>
      ask().catch((error) => {
        if (error.code === 'NO_ANSWER') return null;
        throw error;
      }),
    { within: 60_000 },
  );

/** What kills, and whether it is the OOM killer. `order` goes to the program; `act` is done from outside. */
const KINDS = [
  { name: 'own limit', oom: true, order: 'own' },
  { name: 'own limit, passed on as status 137', oom: true, order: 'passed-on' },
  { name: 'a member, the leader lives', oom: true, order: 'member' },
  { name: 'limit of the group', oom: true, order: 'own', place: 'team' },
  { name: 'memory.oom.group (cgroup v2)', oom: true, order: 'member', place: 'whole' },
  { name: 'foreign SIGKILL', oom: false, act: (_, { pid }) => kill(pid) },
  {
    name: "operator's SIGKILL",
    oom: false,
    act: ({ client }, { name }) => patiently(() => client.signal([name], 'KILL')),
  },
  {
    name: "operator's stop",
    oom: false,
    act: async ({ client }, { name }) => {
      await patiently(() => client.stop([name]));
      await patiently(() => client.start([name]));
    },
  },
  { name: 'crash (SIGSEGV)', oom: false, order: 'crash' },
  { name: 'exit status 3', oom: false, order: 'exit' },
  { name: 'exit status 137 of its own', oom: false, order: 'status' },
  { name: 'swept with its group', oom: false, order: 'own', place: 'pair', seenIn: 'mate' },
];

const section = (sandbox, name, keys) =>
  `[program:${name}]\ncommand=/bin/sh ${PROGRAM} ${sandbox.file(`${name}.order`)}\nautorestart=true\nstartsecs=0\nstopwaitsecs=2\n` +
  `fast_death_secs=0\nstdout_logfile=NONE\nstderr_logfile=NONE\n${keys}\n`;

const LIMIT = 'memory_max=16MB';

/** Each seat is where one program at a time dies: by itself, or in a group made for its kind. */
const SEATS = Array.from({ length: AT_ONCE }, (_, number) => ({
  solo: `solo${number}`,
  team: `team${number}`,
  whole: `whole${number}`,
  pair: `pair${number}`,
  mate: `mate${number}`,
}));

const writeConfig = (sandbox) => {
  const names = [];
  const seats = SEATS.map(({ solo, team, whole, pair, mate }) => {
    names.push(solo, team, whole, pair, mate);
    return [
      section(sandbox, solo, LIMIT),
      section(sandbox, team, ''),
      `[group:g-${team}]\nprograms=${team}\ngroup_memory_max=16MB\n`,
      section(sandbox, whole, `${LIMIT}\nmemory_oom_group=true`),
      section(sandbox, pair, `${LIMIT}\non_oom=restart-group`),
      section(sandbox, mate, 'on_oom=restart-group'),
      `[group:g-${pair}]\nprograms=${pair},${mate}\n`,
    ].join('\n');
  });
  for (const name of names) execFileSync('mkfifo', [sandbox.file(`${name}.order`)]);
  const path = sandbox.file('supervisord.conf');
  writeFileSync(
    path,
    `[supervisord]\nlogfile=${sandbox.file('log')}\npidfile=${sandbox.file('pid')}\nchildlogdir=${sandbox.folder}\nruntime_dir=${sandbox.file('run')}\n${seats.join('\n')}`,
  );
  return path;
};

/** One status for all who ask within a moment. */
const lookout = (client) => {
  let asked = 0;
  let reply = Promise.resolve(null);
  return async () => {
    if (performance.now() - asked > 15) {
      asked = performance.now();
      reply = patiently(() => client.status());
    }
    const { processes } = await reply;
    return processes;
  };
};

const oneDeath = async (scene, kind, seat) => {
  const name = seat[kind.place ?? 'solo'];
  const watched = seat[kind.seenIn] ?? name;
  const find = async (wanted) => (await scene.look()).find((one) => one.name === wanted);
  const up = async (wanted) => {
    const found = await find(wanted);
    return found.state === 'RUNNING' ? found : null;
  };
  const victim = await until(`${name} up`, () => up(name), { within: 60_000, every: 10 });
  const before = await until(`${watched} up`, () => up(watched), { within: 60_000, every: 10 });
  const full = { ...victim, name: `${victim.group}:${victim.name}` };
  if (kind.order !== undefined) await writeFile(scene.sandbox.file(`${name}.order`), `${kind.order}\n`);
  else await kind.act(scene, full);
  const dead = await until(
    `${watched} dead of ${kind.name}`,
    async () => {
      const now = await find(watched);
      return now.lastDeath !== null &&
        now.lastDeath.at !== before.lastDeath?.at &&
        now.lastDeath.verdict !== null
        ? now.lastDeath
        : null;
    },
    { within: 60_000, every: 10 },
  );
  return dead.verdict;
};

const isWrong = ({ oom: was }, { oom }) => (was ? oom === 'no' : oom === 'certain' || oom === 'likely');

const tally = new Map(KINDS.map((kind) => [kind, { certain: 0, likely: 0, no: 0, unknown: 0, wrong: 0 }]));

const playSeat = async (scene, seat, kinds) => {
  for (const kind of kinds) {
    const verdict = await oneDeath(scene, kind, seat);
    const row = tally.get(kind);
    row[verdict.oom] += 1;
    if (!isWrong(kind, verdict)) continue;
    row.wrong += 1;
    console.log(`WRONG: ${kind.name} was called ${verdict.oom} (${verdict.cause}): ${verdict.because}`);
  }
};

const print = (took) => {
  const columns = ['certain', 'likely', 'no', 'unknown', 'wrong'];
  console.log(`${'what killed'.padEnd(40)}${columns.map((title) => title.padStart(9)).join('')}`);
  for (const [{ name }, row] of tally)
    console.log(`${name.padEnd(40)}${columns.map((title) => String(row[title]).padStart(9)).join('')}`);
  const wrong = [...tally.values()].reduce((sum, row) => sum + row.wrong, 0);
  console.log(`${KILLS} kills, ${AT_ONCE} at once, in ${Math.round(took / 1000)} s: ${wrong} called wrongly`);
  return wrong;
};

const main = async () => {
  const sandbox = openSandbox('verdicts');
  const config = writeConfig(sandbox);
  sandbox.onClose(() => run(process.execPath, [CLI, 'stop', '-c', config], { env: sandbox.env }));
  await run(process.execPath, [CLI, 'start', '-c', config], { env: sandbox.env });
  const client = createClient(sandbox.file('run/tsvisor.sock'));
  const { supervisor } = await patiently(() => client.status());
  if (supervisor.memoryController === null) {
    console.log('cannot measure: no memory cgroup can be made here');
    return 0;
  }
  const kinds = KINDS.filter(({ place }) => place !== 'whole' || supervisor.memoryController === 'v2');
  const scene = { sandbox, client, look: lookout(client) };
  const orders = Array.from({ length: KILLS }, (_, number) => kinds[number % kinds.length]);
  const begun = performance.now();
  // Seats begin with different kinds, so that different ones happen at the same time.
  await Promise.all(
    SEATS.map((seat, number) =>
      playSeat(
        scene,
        seat,
        orders.filter((_, at) => at % AT_ONCE === number),
      ),
    ),
  );
  return print(performance.now() - begun);
};

delete process.env['NODE_EXTRA_CA_CERTS'];
closeOnSignals();
try {
  process.exitCode = (await main()) === 0 ? 0 : 1;
} finally {
  await closeAllSandboxes();
}
