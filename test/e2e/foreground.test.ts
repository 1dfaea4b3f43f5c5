// In the foreground, as in a container: does a signal end everything in order, and who reaps what is orphaned?

import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { canMakePidNamespace } from './abilities.ts';
import { CLI } from './dist.ts';
import { openSandbox, type Sandbox } from './sandbox.ts';
import { until } from '../until.ts';
import { commandLine, isFirst, kill } from './processes.ts';

/** `through` are words before the command. */
const inForeground = (sandbox: Sandbox, ...through: readonly string[]) => {
  const [file, ...words] = [...through, process.execPath, CLI, 'start', '-n', '-c', sandbox.config] as const;
  const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env;
  return execa(file, words, {
    cwd: sandbox.folder,
    env: { ...env, ...sandbox.mark },
    extendEnv: false,
    reject: false,
    stdin: 'ignore',
    timeout: 40_000,
    killSignal: 'SIGKILL',
  });
};

describe('`start -n`', () => {
  test.each(['SIGTERM', 'SIGINT', 'SIGQUIT'] as const)(
    'ends all programs and exits 0 on %s',
    async (signal) => {
      const sandbox = openSandbox();
      sandbox.write(sandbox.program('app', 'leaves-a-setsid-child.sh', { stopwaitsecs: 1 }));
      const foreground = inForeground(sandbox);
      await sandbox.reach('RUNNING', 'app');
      foreground.kill(signal);
      const { exitCode, stdout } = await foreground;
      expect(exitCode).toBe(0);
      expect(stdout).toMatch(/spawned: 'app' with pid/);
      expect(await sandbox.leftAfter(0)).toEqual([]);
    },
  );

  test('goes on under the same command when the supervisor is killed', async () => {
    const sandbox = openSandbox();
    sandbox.write(sandbox.program('app', 'stays.sh'));
    const foreground = inForeground(sandbox);
    const { supervisor } = await sandbox.reach('RUNNING', 'app');
    kill(supervisor.pid);
    await sandbox.reachAfter(supervisor.pid, 'RUNNING');
    expect(foreground.exitCode).toBe(null);
    foreground.kill('SIGTERM');
    expect((await foreground).exitCode).toBe(0);
  });
});

describe.skipIf(!canMakePidNamespace)('where pid namespaces can be made: as the first process of one', () => {
  test('it reaps what is orphaned, and a signal ends it with all programs', async () => {
    const sandbox = openSandbox();
    sandbox.write(sandbox.program('app', 'orphans-many.sh', { autorestart: 'false' }));
    const foreground = inForeground(
      sandbox,
      'unshare',
      '--pid',
      '--fork',
      '--mount-proc',
      '--kill-child',
      '--',
    );
    await sandbox.reach('RUNNING', 'app');
    await until('the orphans', () => sandbox.read('tale') !== '');
    await until('no zombie in it', () => sandbox.zombies().length === 0);
    const first = sandbox.residents().find(({ pid }) => / start -n /.test(commandLine(pid)) && isFirst(pid));
    expect(first).toBeDefined();
    kill(first?.pid ?? 0, 'SIGTERM');
    expect((await foreground).exitCode).toBe(0);
  });
});
