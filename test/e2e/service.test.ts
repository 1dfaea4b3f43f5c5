// Under systemd, played by a program that listens to its socket: does it hear that we are up, alive, busy and ending?

import { execa } from 'execa';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { noPython, openManager, type Manager } from '../guardian/manager.ts';
import { CLI } from './dist.ts';
import { openSandbox, type Sandbox } from './sandbox.ts';
import { until } from '../until.ts';
import { kill } from './processes.ts';

const GUARDIAN = join(CLI, '../../guardian/guardian');

const WATCHDOG_MS = 1000;

/** As the unit of `tsvisor install systemd` runs it. */
const asUnit = (sandbox: Sandbox, manager: Manager, config = sandbox.config) => {
  const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env;
  const words = ['begin', '--', process.execPath, CLI, 'start', '--foreground', '-c', config];
  return execa(GUARDIAN, words, {
    cwd: sandbox.folder,
    env: { ...env, ...sandbox.mark, NOTIFY_SOCKET: manager.socket, WATCHDOG_USEC: `${WATCHDOG_MS * 1000}` },
    extendEnv: false,
    reject: false,
    stdin: 'ignore',
    timeout: 50_000,
    killSignal: 'SIGKILL',
  });
};

const saysNothingOfUs = 'env | grep -E "^(NOTIFY|WATCHDOG)_" >stolen; exec sleep 1000';

describe.skipIf(noPython)('under a service manager (needs python3)', () => {
  test('it is the main process that speaks, from the first word to the last', async () => {
    const manager = await openManager();
    const sandbox = openSandbox();
    sandbox.write(
      sandbox.program('app', 'stays.sh'),
      `[program:thief]\ncommand=/bin/sh -c '${saysNothingOfUs}'\ndirectory=${sandbox.folder}\nstartsecs=0\n`,
    );
    const unit = asUnit(sandbox, manager);
    const ready = await manager.hear(/^READY=1$/);
    expect(ready.pid).toBe(unit.pid);
    const { supervisor } = await sandbox.reach('RUNNING');
    expect(supervisor.guardian.pid).toBe(unit.pid);
    await manager.hear(/^STATUS=2 of 2 processes run$/);
    expect(sandbox.read('stolen')).toBe('');

    const fed = manager.heard.length;
    await until(
      'a fed watchdog',
      () => manager.heard.slice(fed).filter(({ text }) => text === 'WATCHDOG=1').length > 2,
    );

    const before = manager.heard.length;
    kill(supervisor.pid);
    await manager.hear(/^STATUS=the supervisor has ended/, before);
    await manager.hear(/^READY=1$/, before);
    const next = await sandbox.reachAfter(supervisor.pid, 'RUNNING');

    const hup = manager.heard.length;
    unit.kill('SIGHUP');
    await manager.hear(/^RELOADING=1$/, hup);
    await manager.hear(/^READY=1$/, hup);
    await sandbox.reachAfter(next.supervisor.pid, 'RUNNING');

    const end = manager.heard.length;
    unit.kill('SIGTERM');
    await manager.hear(/^STOPPING=1$/, end);
    await manager.hear(/^EXTEND_TIMEOUT_USEC=\d+$/, end);
    expect((await unit).exitCode).toBe(0);
    expect(new Set(manager.heard.map(({ pid }) => pid))).toEqual(new Set([unit.pid]));
  });

  test('a supervisor that hangs feeds no watchdog, and the abort that follows leaves nothing', async () => {
    const manager = await openManager();
    const sandbox = openSandbox();
    sandbox.write(sandbox.program('app', 'leaves-a-setsid-child.sh', { stopwaitsecs: 1 }));
    const unit = asUnit(sandbox, manager);
    await manager.hear(/^READY=1$/);
    const { supervisor } = await sandbox.reach('RUNNING', 'app');
    kill(supervisor.pid, 'SIGSTOP');
    // What was under way when it stopped may still come.
    await until(
      'a watchdog that starves',
      () => performance.now() - (manager.heard.at(-1)?.at ?? 0) > WATCHDOG_MS,
    );
    unit.kill('SIGABRT');
    expect((await unit).exitCode).toBe(0);
    expect(await sandbox.leftAfter(0)).toEqual([]);
    // As Restart=always has it; it finds the cgroups and the socket of the first, and takes them.
    await sandbox.start();
    await sandbox.reach('RUNNING', 'app');
  });

  test('a changed YAML is a reload of the service', async () => {
    const manager = await openManager();
    const sandbox = openSandbox();
    const yaml = (name: string): string =>
      sandbox.writeFile(
        'tsvisor.yaml',
        `supervisor:\n  runtime_dir: ${sandbox.folder}/run\nprograms:\n  ${name}:\n    command: sleep 1000\n    startsecs: 0\n`,
      );
    const unit = asUnit(sandbox, manager, yaml('one'));
    await manager.hear(/^STATUS=1 of 1 processes run$/);
    yaml('two');
    const from = manager.heard.length;
    unit.kill('SIGHUP');
    await manager.hear(/^RELOADING=1$/, from);
    await manager.hear(/^READY=1$/, from);
    await sandbox.reach('RUNNING', 'two');
    unit.kill('SIGTERM');
    expect((await unit).exitCode).toBe(0);
  });
});
