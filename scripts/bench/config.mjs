// How long does a config of 500 programs take to read, beside supervisord's own parser on the same files?
//
// Each round is a new process that loads the reader (import) and then reads once, as a supervisor at its start does.

import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { openSandbox } from '../observe/sandbox.mjs';
import { median } from './scene.mjs';
import { SUPERVISORS } from './supervisors.mjs';

const PROGRAMS = 500;
const FILES = 20;
const BUNDLE = fileURLToPath(new URL('../../dist/bundle/', import.meta.url));
const MODULE = fileURLToPath(new URL('../../dist/config/load.js', import.meta.url));

const MAIN = `[supervisord]
logfile=%(here)s/supervisord.log
pidfile=%(here)s/supervisord.pid
childlogdir=%(here)s
environment=PATH_OF_ALL="/usr/local/bin:/usr/bin:/bin",STAGE="production"
[unix_http_server]
file=%(here)s/supervisor.sock
[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
[include]
files=conf.d/*.conf
`;

/** Every tenth program has four processes, so that there are 650. */
const program = (number) => `; Worker ${number} of the queue.
[program:worker-${number}]
command=/srv/app/bin/worker --queue %(ENV_STAGE)s-${number} --slot %(process_num)02d --log "%(here)s/w.log"
process_name=%(program_name)s_%(process_num)02d
${number % 10 === 0 ? 'numprocs=4\n' : ''}directory=/srv/app
autorestart=true ; whatever its exit status
startsecs=5
stopwaitsecs=30
stopasgroup=true
killasgroup=true
environment=WORKER="${number}",SLOT="%(process_num)d",HOME="/srv/app",LANG="C.UTF-8"
stdout_logfile=%(here)s/%(program_name)s-%(process_num)02d.log
stdout_logfile_maxbytes=10MB
redirect_stderr=true
`;

/** The main file and those that it includes. */
const writeConfig = (sandbox) => {
  const main = sandbox.file('supervisord.conf');
  mkdirSync(sandbox.file('conf.d'));
  writeFileSync(main, MAIN);
  for (let file = 0; file < FILES; file += 1) {
    const numbers = Array.from({ length: PROGRAMS / FILES }, (_, at) => file * (PROGRAMS / FILES) + at);
    writeFileSync(
      sandbox.file(`conf.d/${String(file).padStart(2, '0')}.conf`),
      numbers.map(program).join('\n'),
    );
  }
  return main;
};

const IN_NODE = `
const began = performance.now();
const { loadPlan } = await import(process.argv[1]);
const loaded = performance.now();
const { plan } = await loadPlan(process.argv[2]);
const read = performance.now();
const processes = plan.groups.reduce((sum, group) => sum + group.processes.length, 0);
console.log(JSON.stringify({ import: loaded - began, read: read - loaded, processes }));
`;

const IN_PYTHON = `
import json, sys, time
began = time.perf_counter()
from supervisor.options import ServerOptions
loaded = time.perf_counter()
options = ServerOptions()
options.realize(['-c', sys.argv[1]])
read = time.perf_counter()
processes = sum(len(group.process_configs) for group in options.process_group_configs)
print(json.dumps({'import': (loaded - began) * 1000, 'read': (read - loaded) * 1000, 'processes': processes}))
`;

/** The bundle has the reader as a file of its own, since `check` loads it when it needs it. */
const readerFile = () => {
  const files = readdirSync(BUNDLE).filter((file) => /^load-\w+\.js$/.test(file));
  const [newest] = files
    .map((file) => ({ path: `${BUNDLE}${file}`, at: statSync(`${BUNDLE}${file}`).mtimeMs }))
    .toSorted((a, b) => b.at - a.at);
  return newest?.path ?? MODULE;
};

/** The interpreter that supervisord itself runs in. */
const python = () => {
  const where = spawnSync('sh', ['-c', 'command -v supervisord'], { encoding: 'utf8' }).stdout.trim();
  return readFileSync(where, 'utf8').split('\n')[0].slice(2).trim();
};

const readers = {
  tsvisor: (main) => [process.execPath, ['--input-type=module', '-e', IN_NODE, readerFile(), main]],
  supervisord: (main) => [python(), ['-W', 'ignore', '-c', IN_PYTHON, main]],
};

const readOnce = ([file, args], env) => {
  const { stdout, stderr, status } = spawnSync(file, args, { encoding: 'utf8', env, timeout: 60_000 });
  if (status !== 0) throw new Error(`cannot read the config with ${file}: ${stderr.trim().slice(-300)}`);
  return JSON.parse(stdout);
};

/** Rounds of all readers in turn, so that what else the machine does slows them alike. */
const race = (names, { main, env, count }) => {
  const rounds = Object.fromEntries(names.map((name) => [name, []]));
  const commands = names.map((name) => [name, readers[name](main)]);
  for (let round = 0; round < count; round += 1)
    for (const [name, command] of commands) rounds[name].push(readOnce(command, env));
  return rounds;
};

let raced = null;

const raceOnce = async (count) => {
  const sandbox = openSandbox('bench-config');
  const names = SUPERVISORS.filter((each) => each.isPresent()).map(({ name }) => name);
  try {
    return race(names, { main: writeConfig(sandbox), env: sandbox.env, count });
  } finally {
    await sandbox.close();
  }
};

export const config = {
  name: 'config',
  async measure({ supervisor, quick }) {
    raced ??= await raceOnce(quick ? 3 : 15);
    const rounds = raced[supervisor.name];
    const read = median(rounds.map((round) => round.read));
    return {
      processes: rounds[0].processes,
      import: median(rounds.map((round) => round.import)),
      read,
      fifth: supervisor.name === 'supervisord' ? read / 5 : read,
    };
  },
  lines: [
    {
      key: 'read',
      label: `read a config of ${PROGRAMS} programs in ${FILES + 1} files`,
      unit: 'ms',
      target: 50,
    },
    { key: 'fifth', label: "   beside a fifth of supervisord's time", unit: 'ms', target: 'peer' },
    { key: 'import', label: '   load the reader before', unit: 'ms', target: 15 },
    { key: 'processes', label: '   processes in it', unit: '', target: null },
  ],
};
