// Has every program the score it asked for, however it came to life?

import { describe, expect, test } from 'vitest';
import { canLimitMemory, isRoot } from './abilities.ts';
import { lodge, type Lodging } from './lodging.ts';
import { until } from './wait.ts';
import { score } from './witness.ts';

const teller = (lodging: Lodging, name: string, keys: Readonly<Record<string, string | number>>): string =>
  lodging.program(name, `tells-who-it-is.sh ${lodging.path(name)}`, keys);

const told = (lodging: Lodging, name: string): Promise<string> =>
  until('the tale', () => (lodging.read(name).includes('groups') ? lodging.read(name) : null));

describe('a score', () => {
  test('is in force before the first instruction, and shown as asked for and as got', async () => {
    const lodging = lodge();
    lodging.write(teller(lodging, 'app', { oom_score_adj: 300 }));
    await lodging.start();
    expect(await told(lodging, 'app')).toContain('score 300\n');
    expect((await lodging.process('app')).score).toEqual({ requested: 300, effective: 300, refusal: null });
  });

  test('that is relative counts from the supervisor, and cannot pass 1000', async () => {
    const lodging = lodge();
    lodging.write(
      teller(lodging, 'near', { oom_score_adj: '+150' }),
      teller(lodging, 'far', { oom_score_adj: '+1000' }),
    );
    await lodging.start({ through: ['choom', '-n', '100', '--'] });
    const base = (await lodging.status()).supervisor.score ?? 0;
    expect(await told(lodging, 'near')).toContain(`score ${base + 150}\n`);
    expect(await told(lodging, 'far')).toContain('score 1000\n');
  });

  test('is still possible when tsvisor itself starts at 999', async () => {
    const lodging = lodge();
    lodging.write(teller(lodging, 'app', {}));
    await lodging.start({ through: ['choom', '-n', '999', '--'] });
    const { supervisor, processes } = await lodging.reach('RUNNING');
    const base = supervisor.score ?? 0;
    expect(score(supervisor.pid)).toBe(base);
    expect(processes[0]?.score?.effective).toBe(Math.min(1000, Math.max(0, base + 200)));
    expect(await told(lodging, 'app')).toContain(`score ${processes[0]?.score?.effective}\n`);
  });

  test('that the kernel refuses does not keep a program down: it is named and both numbers are shown', async () => {
    const lodging = lodge();
    lodging.write(teller(lodging, 'app', { oom_score_adj: -999 }));
    await lodging.start();
    await told(lodging, 'app');
    const status = await lodging.process('app');
    expect(status.score?.requested).toBe(-999);
    expect(status.score?.effective).toBe(score(status.pid));
    if (status.score?.effective !== -999) {
      expect(status.score?.refusal).toBe('EACCES');
      expect(lodging.journal()).toMatch(/CAP_SYS_RESOURCE/);
    }
  });
});

describe.skipIf(!isRoot)('as root', () => {
  test('a program that drops to another user keeps its score and gets its groups', async () => {
    const lodging = lodge();
    lodging.write(teller(lodging, 'app', { user: 'nobody', oom_score_adj: 250 }));
    await lodging.start();
    const tale = await told(lodging, 'app');
    expect(tale).toContain('score 250\n');
    expect(tale).toMatch(/^user 65534$/m);
    expect(tale).toMatch(/^groups 65534$/m);
  });
});

describe.skipIf(!canLimitMemory)('where memory cgroups can be made', () => {
  test('a program that the kernel killed has the same score in its next life', async () => {
    const lodging = lodge();
    lodging.write(lodging.program('app', 'eats-memory.sh', { oom_score_adj: 400, memory_max: '48MB' }));
    await lodging.start();
    const { pid } = (await lodging.reach('RUNNING')).processes[0] ?? { pid: 0 };
    lodging.touch('eat');
    const reply = await until('a second life', async () => {
      const status = await lodging.process('app');
      return status.state === 'RUNNING' && status.pid !== pid ? status : null;
    });
    expect(lodging.read('diary').match(/score \d+/g)).toEqual(['score 400', 'score 400']);
    expect(score(reply.pid)).toBe(400);
    expect(reply.lastDeath?.verdict).toMatchObject({ oom: 'certain', cause: 'own-limit' });
  });
});
