// How fast do logs take what programs write, what does that cost the supervisor, and does it still answer meanwhile?

import { execFileSync } from 'node:child_process';
import { closeSync, fstatSync, openSync, readFileSync, readSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { fileURLToPath } from 'node:url';
import { openSandbox } from '../observe/sandbox.mjs';
import { privateDirty } from '../observe/processes.mjs';
import { until } from '../observe/wait.mjs';
import { median } from './scene.mjs';
import { writeConfig } from './supervisors.mjs';

const SOURCE = fileURLToPath(new URL('writer.c', import.meta.url));
const END = Buffer.from('the end\n');
const TICK = 0.01;

const buildWriter = (path) => {
  execFileSync('cc', ['-O2', '-o', path, SOURCE], { stdio: 'ignore' });
  return path;
};

const lastBytes = (path) => {
  try {
    const fd = openSync(path, 'r');
    const bytes = Buffer.alloc(END.length);
    const { size } = fstatSync(fd);
    readSync(fd, bytes, 0, END.length, Math.max(0, size - END.length));
    closeSync(fd);
    return bytes;
  } catch {
    return null; // It is being turned over.
  }
};

const isWritten = (path) => [path, `${path}.1`].some((file) => lastBytes(file)?.equals(END) === true);

/** Seconds of CPU time, all threads. */
const cpuOf = (pids) =>
  pids.reduce((sum, pid) => {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return sum + (Number(fields[11]) + Number(fields[12])) * TICK;
  }, 0);

const ping = (socketPath) =>
  new Promise((resolve, reject) => {
    const began = performance.now();
    const call = request({ socketPath, path: '/api/v1/status' }, (reply) => {
      reply.resume();
      reply.on('end', () => resolve(performance.now() - began));
    });
    call.on('error', reject);
    call.end();
  });

const pingUntil = async (sandbox, isOver) => {
  const times = [];
  while (!isOver()) {
    times.push(await ping(sandbox.file('run/tsvisor.sock')));
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return median(times);
};

/** Programs that write `bytes` together; figures per GB, and of `status` meanwhile. */
const write = async ({ supervisor }, { bytes, size, pause = 0, writers = 1, keys = '', pings = false }) => {
  const sandbox = openSandbox('bench-logs');
  sandbox.onClose(() => supervisor.shutdown(sandbox));
  try {
    const writer = buildWriter(sandbox.file('writer'));
    const go = sandbox.file('go');
    const each = Math.round(bytes / writers);
    const cast = Array.from({ length: writers }, (_, index) => ({
      name: `w${index}`,
      command: `${writer} ${go} ${each} ${size} ${pause}`,
      keys,
    }));
    await supervisor.start(sandbox, writeConfig(sandbox, cast));
    await until('all running', async () => (await supervisor.countRunning(sandbox)) === writers, {
      every: 100,
    });
    const pids = await supervisor.pids(sandbox);
    const memory = pids.reduce((sum, pid) => sum + privateDirty(pid), 0);
    const before = cpuOf(pids);
    const began = performance.now();
    writeFileSync(go, '');
    const logs = cast.map(({ name }) => sandbox.file(`${name}.out`));
    const done = until('all written', () => logs.every(isWritten), { within: 120_000, every: 5 });
    let over = false;
    const status = pings ? pingUntil(sandbox, () => over) : null;
    await done.finally(() => (over = true));
    const seconds = (performance.now() - began) / 1000;
    const gigabytes = (each * writers) / 1e9;
    return {
      time: seconds / gigabytes,
      cpu: (cpuOf(pids) - before) / gigabytes,
      status: await status,
      grown: (pids.reduce((sum, pid) => sum + privateDirty(pid), 0) - memory) / 2 ** 20,
    };
  } finally {
    await sandbox.close();
  }
};

const GB = 1e9;
const SCENES = {
  big: { bytes: 1 * GB, size: 4000 },
  small: { bytes: 0.3 * GB, size: 100 },
  paced: { bytes: 0.01 * GB, size: 100, pause: 50 },
  big8: { bytes: 1 * GB, size: 4000, writers: 8 },
  small8: { bytes: 0.3 * GB, size: 100, writers: 8 },
};

/** Medians over some rounds. */
const rounds = async (context, scene) => {
  const seen = [];
  const share = context.quick ? 0.2 : 1;
  for (let round = 0; round < (context.quick ? 1 : 3); round += 1)
    seen.push(await write(context, { ...scene, bytes: scene.bytes * share }));
  return Object.fromEntries(
    Object.keys(seen[0]).map((key) => [key, median(seen.map((figures) => figures[key]))]),
  );
};

const ownFigures = async (context) => {
  if (context.supervisor.name !== 'tsvisor') return {};
  const direct = await rounds(context, {
    ...SCENES.big,
    keys: 'stdout_logfile_maxbytes=0\nlog_direct=true\n',
  });
  const busy = await write(context, { bytes: 2 * GB, size: 4000, pings: true });
  return { 'direct.time': direct.time, 'direct.cpu': direct.cpu, status: busy.status, grown: busy.grown };
};

export const logs = {
  name: 'logs',
  async measure(context) {
    const figures = {};
    for (const [name, scene] of Object.entries(SCENES)) {
      const { time, cpu } = await rounds(context, scene);
      figures[`${name}.time`] = time;
      figures[`${name}.cpu`] = cpu;
    }
    return { ...figures, ...(await ownFigures(context)) };
  },
  lines: [
    { key: 'big.time', label: 'logs, writes of 4000 bytes, rotation at 50 MB', unit: 's/GB', target: 'peer' },
    { key: 'big.cpu', label: '   CPU of the supervisor per GB', unit: 's', target: 'peer' },
    { key: 'small.time', label: 'logs, writes of 100 bytes', unit: 's/GB', target: 'half' },
    { key: 'small.cpu', label: '   CPU of the supervisor per GB', unit: 's', target: 'peer' },
    { key: 'paced.cpu', label: 'logs, 100 bytes each 50 µs, CPU per GB', unit: 's', target: 'half' },
    { key: 'big8.time', label: 'logs of 8 programs, 4000 bytes', unit: 's/GB', target: 'peer' },
    { key: 'big8.cpu', label: '   CPU of the supervisor per GB', unit: 's', target: 'peer' },
    { key: 'small8.time', label: 'logs of 8 programs, 100 bytes', unit: 's/GB', target: 'peer' },
    { key: 'small8.cpu', label: '   CPU of the supervisor per GB', unit: 's', target: 'peer' },
    {
      key: 'direct.time',
      label: 'logs that programs write themselves (log_direct)',
      unit: 's/GB',
      target: null,
    },
    { key: 'direct.cpu', label: '   CPU of the supervisor per GB', unit: 's', target: 0.01 },
    { key: 'status', label: 'status while 2 GB are logged, median', unit: 'ms', target: 10 },
    { key: 'grown', label: '   memory grown by it', unit: 'MB', target: 5 },
  ],
};
