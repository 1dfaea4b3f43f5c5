// Has every program the score it asked for, however it came to life?

import { describe, expect, test } from 'vitest';
import { canLimitMemory, isRoot } from './abilities.ts';
import { openSandbox, type Sandbox } from './sandbox.ts';
import { until } from '../until.ts';
import { score } from './processes.ts';

const teller = (sandbox: Sandbox, name: string, keys: Readonly<Record<string, string | number>>): string =>
  sandbox.program(name, `tells-who-it-is.sh ${sandbox.path(name)}`, keys);

const told = (sandbox: Sandbox, name: string): Promise<string> =>
  until('the tale', () => (sandbox.read(name).includes('groups') ? sandbox.read(name) : null));

describe('a score', () => {
  test('is in force before the first instruction, and shown as asked for and as got', async () => {
    const sandbox = openSandbox();
    sandbox.write(teller(sandbox, 'app', { oom_score_adj: 300 }));
    await sandbox.start();
    expect(await told(sandbox, 'app')).toContain('score 300\n');
    expect((await sandbox.process('app')).score).toEqual({ requested: 300, effective: 300, refusal: null });
  });

  test('that is relative counts from the supervisor, and cannot pass 1000', async () => {
    const sandbox = openSandbox();
    sandbox.write(
      teller(sandbox, 'near', { oom_score_adj: '+150' }),
      teller(sandbox, 'far', { oom_score_adj: '+1000' }),
    );
    await sandbox.start({ through: ['choom', '-n', '100', '--'] });
    const base = (await sandbox.status()).supervisor.score ?? 0;
    expect(await told(sandbox, 'near')).toContain(`score ${base + 150}\n`);
    expect(await told(sandbox, 'far')).toContain('score 1000\n');
  });

  test('is still possible when tsvisor itself starts at 999', async () => {
    const sandbox = openSandbox();
    sandbox.write(teller(sandbox, 'app', {}));
    await sandbox.start({ through: ['choom', '-n', '999', '--'] });
    const { supervisor, processes } = await sandbox.reach('RUNNING');
    const base = supervisor.score ?? 0;
    expect(score(supervisor.pid)).toBe(base);
    expect(processes[0]?.score?.effective).toBe(Math.min(1000, Math.max(0, base + 200)));
    expect(await told(sandbox, 'app')).toContain(`score ${processes[0]?.score?.effective}\n`);
  });

  test('that the kernel refuses does not keep a program down: it is named and both numbers are shown', async () => {
    const sandbox = openSandbox();
    sandbox.write(teller(sandbox, 'app', { oom_score_adj: -999 }));
    await sandbox.start();
    await told(sandbox, 'app');
    const status = await sandbox.process('app');
    expect(status.score?.requested).toBe(-999);
    expect(status.score?.effective).toBe(score(status.pid));
    if (status.score?.effective !== -999) {
      expect(status.score?.refusal).toBe('EACCES');
      expect(sandbox.journal()).toMatch(/CAP_SYS_RESOURCE/);
    }
  });
});

describe.skipIf(!isRoot)('as root', () => {
  test('a program that drops to another user keeps its score and gets its groups', async () => {
    const sandbox = openSandbox();
    sandbox.write(teller(sandbox, 'app', { user: 'nobody', oom_score_adj: 250 }));
    await sandbox.start();
    const tale = await told(sandbox, 'app');
    expect(tale).toContain('score 250\n');
    expect(tale).toMatch(/^user 65534$/m);
    expect(tale).toMatch(/^groups 65534$/m);
  });
});

describe.skipIf(!canLimitMemory)('where memory cgroups can be made', () => {
  test('a program that the kernel killed has the same score in its next life', async () => {
    const sandbox = openSandbox();
    sandbox.write(sandbox.program('app', 'eats-memory.sh', { oom_score_adj: 400, memory_max: '48MB' }));
    await sandbox.start();
    const { pid } = (await sandbox.reach('RUNNING')).processes[0] ?? { pid: 0 };
    sandbox.touch('eat');
    const reply = await until('a second life', async () => {
      const status = await sandbox.process('app');
      return status.state === 'RUNNING' && status.pid !== pid ? status : null;
    });
    expect(sandbox.read('diary').match(/score \d+/g)).toEqual(['score 400', 'score 400']);
    expect(score(reply.pid)).toBe(400);
    expect(reply.lastDeath?.verdict).toMatchObject({ oom: 'certain', cause: 'own-limit' });
  });
});
