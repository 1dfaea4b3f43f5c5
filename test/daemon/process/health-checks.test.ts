// Does what checks find reach the right life of the right process, and only that?

import { describe, expect, test } from 'vitest';
import { createBus } from '../../../src/core/bus.ts';
import type { Process } from '../../../src/core/process.ts';
import { HealthChecks } from '../../../src/daemon/process/health-checks.ts';
import { PLAIN_DUTY, type HealthPlan } from '../../../src/model/duty.ts';
import { Stage } from '../../core/stage.ts';

const EXEC: HealthPlan = {
  check: { kind: 'exec', command: 'check' },
  interval: 10,
  timeout: 5,
  retries: 2,
  success: 1,
  grace: 0,
  onUnhealthy: 'restart',
};

const scene = (health: HealthPlan | null = EXEC, hears = true) => {
  const stage = new Stage();
  const bus = createBus((bug) => stage.bugs.push(bug));
  const process = stage.process({ duty: { ...PLAIN_DUTY, health } });
  const notices: string[] = [];
  const found = { failure: 'bad' as string | null, asked: 0 };
  const checks = new HealthChecks({
    bus,
    clock: stage.clock,
    processes: () => [process],
    find: () => process,
    exec: async () => {
      found.asked += 1;
      return found.failure;
    },
    notice: (text) => notices.push(text),
    hears,
    onBug: (bug) => stage.bugs.push(bug),
  });
  /** What was announced goes to its checks, as it does in a supervisor. */
  let told = 0;
  const announce = (): void => {
    for (const event of stage.events.slice(told)) bus.announce(event);
    told = stage.events.length;
  };
  const relay = async (ms = 0): Promise<void> => {
    announce();
    await stage.clock.advanceAsync(ms);
    announce();
  };
  return { stage, checks, process, notices, found, relay };
};

const begun = async (...parts: Parameters<typeof scene>) => {
  const all = scene(...parts);
  all.process.feed({ name: 'start', automatic: false });
  await all.stage.launched();
  await all.relay();
  return all;
};

const health = ({ readiness }: Process): string => `${readiness.health ?? '-'}: ${readiness.text ?? ''}`;

describe('a failing check', () => {
  test('is told, and condemns a RUNNING process after its retries', async () => {
    const { stage, process, relay } = await begun();
    expect(health(process)).toBe('unknown: bad');
    await relay(1000);
    expect(process.state).toBe('RUNNING');
    await relay(9000);
    expect(stage.signals).toEqual(['SIGKILL leader 100']);
    expect(process.phase).toMatchObject({ name: 'settling', reason: 'unhealthy' });
    await stage.ends({ code: null, signal: 'SIGKILL' });
    await stage.sweptEmpty();
    const { verdict } = process.past.lastDeath ?? {};
    expect(verdict?.because).toBe('2 checks in a row failed, the last: bad');
    expect(stage.bugs).toEqual([]);
  });

  test('leaves one that is STARTING to its startsecs', async () => {
    const { stage, process, relay } = await begun();
    process.adopt({ ...process.plan, startsecs: 60 });
    process.feed({ name: 'stop', reason: 'replaced' });
    await stage.dies({ code: 0, signal: null });
    process.feed({ name: 'start', automatic: false });
    await stage.launched();
    await relay(30_000);
    expect([process.state, health(process)]).toEqual(['STARTING', 'unhealthy: bad']);
    expect(stage.signals).toEqual(['SIGTERM leader 100']);
  });

  test('of a life that is over says nothing of the next', async () => {
    const { stage, process, found, relay } = await begun();
    process.feed({ name: 'stop', reason: 'stop' });
    await stage.dies({ code: 0, signal: null });
    await relay(60_000);
    expect([found.asked, stage.clock.armed]).toEqual([1, 0]);
  });
});

describe('a passing check', () => {
  test('takes back its own words, but not those of the program', async () => {
    const { process, found, relay } = await begun();
    found.failure = null;
    await relay(10_000);
    expect(health(process)).toBe('healthy: ');
    process.learn({ text: '3 workers' });
    await relay(10_000);
    expect(health(process)).toBe('healthy: 3 workers');
  });
});

describe('a changed plan', () => {
  test('begins checks of what runs, and ends them', async () => {
    const { stage, checks, process, found, relay } = await begun(null);
    expect([process.readiness.health, found.asked]).toEqual([null, 0]);
    process.adopt({ ...process.plan, duty: { ...PLAIN_DUTY, health: EXEC } });
    checks.adopted();
    await relay();
    expect([health(process), found.asked]).toEqual(['unknown: bad', 1]);
    process.adopt({ ...process.plan, duty: PLAIN_DUTY });
    checks.adopted();
    await relay(60_000);
    expect([health(process), found.asked, stage.clock.armed]).toEqual(['-: ', 1, 0]);
  });
});

describe('a line that is waited for', () => {
  const log: HealthPlan = { ...EXEC, check: { kind: 'log', pattern: '^ready$' }, grace: 60 };

  test('makes it healthy in the moment in which it is written, and stays heard while its logs are opened anew', async () => {
    const { process, checks, relay } = await begun(log);
    const listening = checks.listening(process.plan)?.('stdout');
    expect(health(process)).toBe('unknown: no line matches ^ready$ yet');
    listening?.logged?.(Buffer.from('ready\n'));
    await relay();
    expect(health(process)).toBe('healthy: ');
    checks.listening(process.plan);
    await relay(20_000);
    expect(health(process)).toBe('healthy: ');
  });

  test('is not waited for where nobody reads it, which is said', async () => {
    const { process, notices } = await begun(log, false);
    expect(notices).toEqual(['cannot check ci:app by its log: nobody reads here what it writes']);
    expect(health(process)).toBe('unknown: nobody reads here what it writes');
  });
});
