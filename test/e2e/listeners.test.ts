// Do listeners that were written for supervisord hear from tsvisor what they would hear from supervisord?

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, onTestFinished, test } from 'vitest';
import { callRpc } from '../../src/api/client-rpc.ts';
import { hasSupervisord } from './abilities.ts';
import { openSandbox, type Sandbox } from './sandbox.ts';
import { type HeardEvent, LISTENERS, parseRecord, storiesOf } from './transcript.ts';
import { until } from '../until.ts';

const listener = (name: string, command: string, keys: Readonly<Record<string, string | number>>): string =>
  `[eventlistener:${name}]\ncommand=/usr/bin/python3 ${LISTENERS}/${command}\n${Object.entries(keys)
    .map(([key, value]) => `${key}=${value}\n`)
    .join('')}`;

const recorder = (
  folder: string,
  events: string,
  keys: Readonly<Record<string, string | number>> = {},
): string =>
  listener('hears', 'records.py ok', {
    events,
    buffer_size: 1000,
    startsecs: 0,
    environment: `RECORD="${folder}/record"`,
    ...keys,
  });

interface Scene {
  readonly folder: string;
  readonly name: string;
  /** For `sh -c`. */
  readonly script: string;
  readonly keys?: Readonly<Record<string, unknown>>;
}

const programOf = ({ folder, name, script, keys = {} }: Scene): string => {
  const all = { stdout_logfile: `${folder}/${name}.log`, redirect_stderr: true, autorestart: false, ...keys };
  return `[program:${name}]\ncommand=/bin/sh -c "${script}"\n${Object.entries(all)
    .map(([key, value]) => `${key}=${String(value)}\n`)
    .join('')}`;
};

/** Lives that go through every state, and words that go into every kind of event. */
const scenes = (folder: string): string => {
  const program = (name: string, script: string, keys: Scene['keys'] = {}): string =>
    programOf({ folder, name, script, keys });
  return [
    recorder(folder, 'PROCESS_STATE,PROCESS_LOG,PROCESS_COMMUNICATION,PROCESS_GROUP,SUPERVISOR_STATE_CHANGE'),
    program('fails', 'sleep 1.3; exit 3'),
    program('ends', 'sleep 1.3; exit 0'),
    program('dies', 'sleep 1.3; kill -9 $$'),
    program('quick', 'exit 1', { startretries: 1 }),
    program(
      'again',
      `test -e ${folder}/again.seen && exec sleep 1000; touch ${folder}/again.seen; sleep 1.3; exit 2`,
      {
        autorestart: 'unexpected',
      },
    ),
    program('says', "printf 'caf\\303\\251 \\342\\202\\254\\n'; exec sleep 1000", {
      stdout_events_enabled: true,
    }),
    program('garbles', "printf 'caf\\351\\n'; exec sleep 1000", { stdout_events_enabled: true }),
    program('whines', "printf 'oh\\n' >&2; exec sleep 1000", {
      redirect_stderr: false,
      stderr_logfile: `${folder}/whines.err`,
      stderr_events_enabled: true,
    }),
    program(
      'reports',
      "printf 'a very long line of a log that tells nothing<!--XSUPERVISOR:BEGIN-->done<!--XSUPERVISOR:END-->'; exec sleep 1000",
      { stdout_capture_maxbytes: 1000 },
    ),
    '[program:missing]\ncommand=/does/not/exist\nstartretries=1\n',
  ].join('\n');
};

const ENDINGS = ['fails', 'ends', 'dies', 'quick', 'missing'];

/** Every program of the scenes has come to where it stays. */
const isOver = (events: readonly HeardEvent[]): boolean => {
  const names = events.map(
    ({ headers, payload }) => `${headers['eventname']} ${/^processname:(\S+)/.exec(payload)?.[1] ?? ''}`,
  );
  return (
    ENDINGS.every((name) => names.some((seen) => new RegExp(`_(EXITED|FATAL) ${name}$`).test(seen))) &&
    names.filter((seen) => seen === 'PROCESS_STATE_RUNNING again').length === 2 &&
    ['LOG_STDOUT says', 'LOG_STDOUT garbles', 'LOG_STDERR whines', 'COMMUNICATION_STDOUT reports'].every(
      (name) => names.includes(`PROCESS_${name}`),
    ) &&
    ['says', 'garbles', 'whines', 'reports'].every((name) => names.includes(`PROCESS_STATE_RUNNING ${name}`))
  );
};

const recordIn = (folder: string): readonly HeardEvent[] => {
  try {
    return parseRecord(readFileSync(join(folder, 'record'), 'utf8'));
  } catch {
    return []; // Nothing has been heard yet, or a line is being written.
  }
};

const whenOver = (folder: string): Promise<readonly HeardEvent[]> =>
  until(
    'the end of all scenes',
    () => {
      const events = recordIn(folder);
      return isOver(events) ? events : null;
    },
    { within: 40_000, every: 100 },
  );

/** The same scenes under supervisord. */
const playUnderSupervisord = async (): Promise<readonly HeardEvent[]> => {
  const folder = mkdtempSync(join(tmpdir(), 'tsvisor-peer-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, 'auto'));
  const config = join(folder, 'supervisord.conf');
  const settings = `[supervisord]\nlogfile=${folder}/log\npidfile=${folder}/pid\nchildlogdir=${folder}/auto\n`;
  writeFileSync(config, `${settings}${scenes(folder)}`);
  const supervisord = execa('supervisord', ['-n', '-c', config], { reject: false, stdio: 'ignore' });
  try {
    return await whenOver(folder);
  } finally {
    supervisord.kill('SIGTERM');
    await supervisord;
  }
};

const play = async (sandbox: Sandbox): Promise<readonly HeardEvent[]> => {
  sandbox.write(scenes(sandbox.folder));
  await sandbox.start();
  return whenOver(sandbox.folder);
};

describe('a listener', () => {
  test.skipIf(!hasSupervisord)('hears the same story of every process as under supervisord', async () => {
    const [wanted, heard] = await Promise.all([playUnderSupervisord(), play(openSandbox())]);
    expect(Object.keys(storiesOf(heard)).toSorted()).toEqual(Object.keys(storiesOf(wanted)).toSorted());
    expect(storiesOf(heard)).toEqual(storiesOf(wanted));
    console.log(
      `listeners: ${heard.length} events heard, ${wanted.length} under supervisord, the same stories of ${Object.keys(storiesOf(heard)).length} processes`,
    );
    for (const events of [wanted, heard]) {
      const serials = events.map(({ headers }) => Number(headers['serial']));
      expect(serials).toEqual(serials.map((_, index) => index));
      expect(events.map(({ headers }) => Number(headers['poolserial']))).toEqual(serials);
    }
  });

  test('is told of ends that were not expected, and answers with mails', async () => {
    const sandbox = openSandbox();
    sandbox.write(
      listener('crashmail', 'mails_crashes.py', {
        events: 'PROCESS_STATE',
        environment: `MAIL="${sandbox.path('mail')}"`,
      }),
      programOf({ folder: sandbox.folder, name: 'fails', script: 'sleep 1.2; exit 3' }),
      programOf({ folder: sandbox.folder, name: 'ends', script: 'sleep 1.2; exit 0' }),
    );
    await sandbox.start();
    await until('a mail', () => sandbox.read('mail') !== '', { within: 20_000 });
    await sandbox.reach('EXITED', 'ends');
    expect(sandbox.read('mail')).toBe(
      'Process fails in group fails exited unexpectedly from state RUNNING\n',
    );
  });

  test('restarts, by XML-RPC, what has grown too large', async () => {
    const sandbox = openSandbox();
    const fat = sandbox.path('fat.py');
    sandbox.writeFile(
      'fat.py',
      `import os, time\nfirst = not os.path.exists('${fat}.lived')\nopen('${fat}.lived', 'a').close()\nheld = bytearray(90_000_000 if first else 1)\ntime.sleep(100000)\n`,
    );
    sandbox.write(
      `[unix_http_server]\nfile=${sandbox.path('s.sock')}\n[rpcinterface:supervisor]\nsupervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface\n`,
      listener('memmon', 'restarts_fat.py', { events: 'TICK_5', environment: 'KILOBYTES="80000"' }),
      programOf({ folder: sandbox.folder, name: 'fat', script: `exec python3 ${fat}` }),
      programOf({ folder: sandbox.folder, name: 'thin', script: 'exec sleep 100000' }),
    );
    await sandbox.start();
    const [fatAt, thinAt] = [
      await sandbox.reachProcess('fat', 'RUNNING'),
      await sandbox.reachProcess('thin', 'RUNNING'),
    ];
    const later = await until(
      'the restart',
      async () => {
        const now = await sandbox.process('fat');
        return now.state === 'RUNNING' && now.pid !== fatAt.pid ? now : null;
      },
      { within: 30_000, every: 50 },
    );
    expect(later.memory ?? Infinity).toBeLessThan(80_000 * 1024);
    expect((await sandbox.process('thin')).pid).toBe(thinAt.pid);
  });

  test.each([
    ['refuses it', 'fail', 'event was rejected'],
    ['dies over it', 'die', 'exited: hears'],
  ])('that %s is sent the event again', async (_, how, said) => {
    const sandbox = openSandbox();
    const environment = `RECORD="${sandbox.path('record')}",WORD="from_state:RUNNING"`;
    sandbox.write(
      listener('hears', `records.py ${how}`, {
        events: 'PROCESS_STATE',
        buffer_size: 100,
        startsecs: 0,
        environment,
      }),
      programOf({ folder: sandbox.folder, name: 'ends', script: 'sleep 1.2' }),
    );
    await sandbox.start();
    const twice = await until(
      'the event twice',
      () => {
        const ended = recordIn(sandbox.folder).filter(
          ({ headers, payload }) =>
            headers['eventname'] === 'PROCESS_STATE_EXITED' && payload.startsWith('processname:ends '),
        );
        return ended.length === 2 ? ended : null;
      },
      { within: 20_000 },
    );
    expect(twice[1]).toEqual(twice[0]);
    expect(sandbox.journal()).toContain(said);
  });

  test('that breaks the protocol is sent nothing more, and the journal says so', async () => {
    const sandbox = openSandbox();
    const environment = `RECORD="${sandbox.path('record')}",WORD="processname:ends"`;
    sandbox.write(
      listener('hears', 'records.py babble', {
        events: 'PROCESS_STATE',
        buffer_size: 100,
        startsecs: 0,
        environment,
      }),
      programOf({ folder: sandbox.folder, name: 'ends', script: 'sleep 1.2' }),
    );
    await sandbox.start();
    await until('the breach', () => sandbox.journal().includes('hears: has entered the UNKNOWN state'), {
      within: 20_000,
    });
    const before = recordIn(sandbox.folder).length;
    await sandbox.reach('EXITED', 'ends');
    expect(recordIn(sandbox.folder)).toHaveLength(before);
  });

  test("hears tsvisor's own events only when it asks for them", async () => {
    const sandbox = openSandbox();
    sandbox.write(
      recorder(sandbox.folder, 'PROCESS_STATE_EXITED,TSVISOR_DIED'),
      programOf({ folder: sandbox.folder, name: 'dies', script: 'sleep 1.2; kill -9 $$' }),
    );
    await sandbox.start();
    const events = await until(
      'both',
      () => {
        const all = recordIn(sandbox.folder);
        return all.length === 2 ? all : null;
      },
      { within: 20_000 },
    );
    expect(events[0]?.payload).toMatch(
      /^processname:dies groupname:dies pid:\d+ signal:SIGKILL expected:0 reason:died lived:\d+$/,
    );
    expect(events[1]?.headers['eventname']).toBe('PROCESS_STATE_EXITED');
  });

  test('hears what a client sends by sendRemoteCommEvent', async () => {
    const sandbox = openSandbox();
    sandbox.write(
      `[unix_http_server]\nfile=${sandbox.path('s.sock')}\n[rpcinterface:supervisor]\nsupervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface\n`,
      recorder(sandbox.folder, 'REMOTE_COMMUNICATION'),
    );
    await sandbox.start();
    await sandbox.reachProcess('hears', 'RUNNING');
    const target = { url: `unix://${sandbox.path('s.sock')}`, username: null, password: null };
    const method = 'supervisor.sendRemoteCommEvent';
    expect(await callRpc(target, method, ['deploy', 'caf\u00e9 done'])).toEqual({ value: true });
    const [event] = await until(
      'the event',
      () => {
        const all = recordIn(sandbox.folder);
        return all.length > 0 ? all : null;
      },
      { within: 20_000 },
    );
    expect(event?.headers).toMatchObject({ eventname: 'REMOTE_COMMUNICATION', pool: 'hears', len: '21' });
    expect(event?.payload).toBe('type:deploy\ncaf\u00e9 done');
  });
});
