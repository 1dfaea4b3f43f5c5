// In the foreground, as in a container: does a signal end everything in order, and who reaps what is orphaned?

import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { canMakePidNamespace } from './abilities.ts';
import { CLI } from './dist.ts';
import { lodge, type Lodging } from './lodging.ts';
import { until } from './wait.ts';
import { commandLine, isFirst, kill } from './witness.ts';

/** `through` are words before the command. */
const inForeground = (lodging: Lodging, ...through: readonly string[]) => {
  const [file, ...words] = [...through, process.execPath, CLI, 'start', '-n', '-c', lodging.config] as const;
  const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env;
  return execa(file, words, {
    cwd: lodging.folder,
    env: { ...env, ...lodging.mark },
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
      const lodging = lodge();
      lodging.write(lodging.program('app', 'leaves-a-setsid-child.sh', { stopwaitsecs: 1 }));
      const foreground = inForeground(lodging);
      await lodging.reach('RUNNING', 'app');
      foreground.kill(signal);
      const { exitCode, stdout } = await foreground;
      expect(exitCode).toBe(0);
      expect(stdout).toMatch(/spawned: 'app' with pid/);
      expect(await lodging.leftAfter(0)).toEqual([]);
    },
  );

  test('goes on under the same command when the supervisor is killed', async () => {
    const lodging = lodge();
    lodging.write(lodging.program('app', 'stays.sh'));
    const foreground = inForeground(lodging);
    const { supervisor } = await lodging.reach('RUNNING', 'app');
    kill(supervisor.pid);
    await lodging.reachAfter(supervisor.pid, 'RUNNING');
    expect(foreground.exitCode).toBe(null);
    foreground.kill('SIGTERM');
    expect((await foreground).exitCode).toBe(0);
  });
});

describe.skipIf(!canMakePidNamespace)('where pid namespaces can be made: as the first process of one', () => {
  test('it reaps what is orphaned, and a signal ends it with all programs', async () => {
    const lodging = lodge();
    lodging.write(lodging.program('app', 'orphans-many.sh', { autorestart: 'false' }));
    const foreground = inForeground(
      lodging,
      'unshare',
      '--pid',
      '--fork',
      '--mount-proc',
      '--kill-child',
      '--',
    );
    await lodging.reach('RUNNING', 'app');
    await until('the orphans', () => lodging.read('tale') !== '');
    await until('no zombie in it', () => lodging.zombies().length === 0);
    const first = lodging.residents().find(({ pid }) => / start -n /.test(commandLine(pid)) && isFirst(pid));
    expect(first).toBeDefined();
    kill(first?.pid ?? 0, 'SIGTERM');
    expect((await foreground).exitCode).toBe(0);
  });
});
