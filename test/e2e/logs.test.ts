// Is every word of a program in its log, whoever dies, and does a log look as the config says?

import { execFileSync } from 'node:child_process';
import { readdirSync, readlinkSync, renameSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { openSandbox, type Sandbox } from './sandbox.ts';
import { until } from '../until.ts';
import { kill } from './processes.ts';

const COUNTS = fileURLToPath(new URL('../programs/counts.py', import.meta.url));
const GAP = 'tsvisor: the supervisor was killed here';

interface Keys {
  readonly [key: string]: string | number | boolean;
}

const section = (sandbox: Sandbox, command: string, keys: Keys = {}): string =>
  `[program:app]\ncommand=${command}\nredirect_stderr=true\nstartsecs=0\n${Object.entries({
    stdout_logfile: sandbox.path('app.log'),
    ...keys,
  })
    .map(([key, value]) => `${key}=${value}\n`)
    .join('')}`;

/** All that was logged, the oldest file first. */
const logged = (sandbox: Sandbox): string => {
  const numbers = readdirSync(sandbox.folder)
    .flatMap((name) => /^app\.log\.(\d+)$/.exec(name)?.[1] ?? [])
    .map(Number)
    .toSorted((a, b) => b - a);
  return [...numbers.map((number) => `app.log.${number}`), 'app.log']
    .map((name) => sandbox.read(name))
    .join('');
};

interface Counted {
  /** How many lines each life has; every one is there, in order. */
  readonly lives: readonly number[];
  readonly gaps: number;
}

/** Throws at the first line that is missing, torn or out of order; only before a gap the last one may be torn. */
const count = (text: string): Counted => {
  const lives: number[] = [];
  const lines = text.split('\n');
  let gaps = 0;
  for (const [index, line] of lines.entries()) {
    const next = lives.at(-1) ?? -1;
    if (line.startsWith('life ')) lives.push(0);
    else if (line.startsWith(GAP)) gaps += 1;
    else if (line === String(next)) lives[lives.length - 1] = next + 1;
    else if (index < lines.length - 1 && !(lines[index + 1] ?? '').startsWith(GAP))
      throw new Error(`cannot follow the log: line ${index} is ${JSON.stringify(line)}, not ${next}`);
  }
  return { lives, gaps };
};

/** What was seen, for the record: whatever is missing has thrown before. */
const report = ({ lives, gaps }: Counted, files: number): void =>
  console.log(
    `logs: ${lives.reduce((sum, lines) => sum + lines, 0)} numbered lines of ${lives.length} lives in ${files} files, ${gaps} gaps told, none lost, torn or out of order elsewhere`,
  );

const filesOf = (sandbox: Sandbox): number =>
  readdirSync(sandbox.folder).filter((name) => name.startsWith('app.log')).length;

const ROTATION = { stdout_logfile_maxbytes: '100KB', stdout_logfile_backups: 500 };

const grown = (sandbox: Sandbox, lives: number): Promise<Counted> =>
  until(
    `life ${lives} of the program`,
    () => {
      const counted = count(logged(sandbox));
      return counted.lives.length >= lives && (counted.lives.at(-1) ?? 0) > 20_000 ? counted : null;
    },
    { within: 30_000, every: 100 },
  );

describe('no line is lost, torn or out of order', () => {
  test('while files turn over and the program is killed again and again', async () => {
    const sandbox = openSandbox();
    sandbox.write(section(sandbox, `/usr/bin/python3 ${COUNTS}`, ROTATION));
    await sandbox.start();
    for (const lives of [1, 2, 3]) {
      await grown(sandbox, lives);
      kill((await sandbox.reachProcess('app', 'RUNNING')).pid);
    }
    await sandbox.tsvisor(['stop']);
    const counted = count(logged(sandbox));
    report(counted, filesOf(sandbox));
    expect(counted.lives.length).toBeGreaterThanOrEqual(3);
  });

  test('of the last words of a program that dies in the middle of them', async () => {
    const sandbox = openSandbox();
    sandbox.write(section(sandbox, `/usr/bin/python3 ${COUNTS} 50000`, { ...ROTATION, autorestart: false }));
    await sandbox.start();
    await sandbox.reach('EXITED', 'app');
    expect(count(logged(sandbox)).lives).toEqual([50_000]);
  });

  test('when the supervisor is killed, but for what nobody had read yet: the log says where', async () => {
    const sandbox = openSandbox();
    sandbox.write(section(sandbox, `/usr/bin/python3 ${COUNTS}`, ROTATION));
    await sandbox.start();
    await grown(sandbox, 1);
    const { supervisor } = await sandbox.status();
    kill(supervisor.pid);
    await sandbox.reachAfter(supervisor.pid, 'RUNNING');
    const counted = await grown(sandbox, 2);
    report(counted, filesOf(sandbox));
    expect(counted.gaps).toBe(1);
  });
});

describe('the log of a program', () => {
  const says = `/bin/sh -c "echo one; echo two; exec sleep 1000"`;

  test('is written by the program itself where the config says so', async () => {
    const sandbox = openSandbox();
    sandbox.write(section(sandbox, says, { stdout_logfile_maxbytes: 0, log_direct: true }));
    await sandbox.start();
    await until('both lines', () => sandbox.read('app.log') === 'one\ntwo\n');
    const { pid } = await sandbox.reachProcess('app', 'RUNNING');
    expect(readlinkSync(`/proc/${pid}/fd/1`)).toBe(sandbox.path('app.log'));
    expect(readlinkSync(`/proc/${pid}/fd/2`)).toBe(sandbox.path('app.log'));
  });

  test('has time, process and pid before each line, or is JSON', async () => {
    const sandbox = openSandbox();
    sandbox.write(section(sandbox, says, { log_format: 'json' }));
    await sandbox.start();
    await until('both lines', () => sandbox.read('app.log').split('\n').length === 3);
    const { pid } = await sandbox.reachProcess('app', 'RUNNING');
    const [one] = sandbox.read('app.log').split('\n');
    expect(JSON.parse(one ?? '')).toMatchObject({
      group: 'app',
      process: 'app',
      stream: 'stdout',
      pid,
      line: 'one',
    });
  });

  test('is cut where the program writes more than it may, and says so', async () => {
    const sandbox = openSandbox();
    sandbox.write(section(sandbox, `/usr/bin/python3 ${COUNTS}`, { log_rate_max: '10KB' }));
    await sandbox.start();
    await until('a cut', () => /tsvisor dropped \d+ lines/.test(sandbox.read('app.log')), { within: 20_000 });
    // The log is told first, the journal a moment later.
    await until('the journal', () => sandbox.journal().includes('more than 10240 bytes per second'));
    expect(sandbox.journal()).toContain('of stdout of app: more than 10240 bytes per second');
    const { logsLost } = await sandbox.process('app');
    expect(logsLost?.stdout?.droppedLines).toBeGreaterThan(0);
    expect(logsLost?.stdout?.droppedBytes).toBeGreaterThan(0);
    expect(logsLost?.stdout?.failedBytes).toBe(0);
  });

  test('goes on under its name after somebody moved it away and sent SIGUSR2', async () => {
    const sandbox = openSandbox();
    sandbox.write(section(sandbox, `/usr/bin/python3 ${COUNTS}`));
    await sandbox.start();
    await grown(sandbox, 1);
    renameSync(sandbox.path('app.log'), sandbox.path('app.log.1'));
    execFileSync('kill', ['-USR2', String((await sandbox.status()).supervisor.pid)]);
    await until('new lines', () => sandbox.read('app.log') !== '');
    await sandbox.tsvisor(['stop']);
    expect(count(logged(sandbox)).lives).toHaveLength(1);
  });
});

test('AUTO logs in a relative childlogdir are kept when the daemon goes to another directory', async () => {
  const sandbox = openSandbox();
  sandbox.write(
    '[supervisord]\nchildlogdir=.\ndirectory=/\n',
    section(sandbox, '/bin/sh -c "echo kept; exec sleep 1000"', { stdout_logfile: 'AUTO' }),
  );
  await sandbox.start();
  const { stdoutLog } = await sandbox.reachProcess('app', 'RUNNING');
  expect(dirname(stdoutLog)).toBe(sandbox.folder);
  await until('the log', () => sandbox.read(basename(stdoutLog)) === 'kept\n');
});
