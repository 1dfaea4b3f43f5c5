import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Identity } from '../../src/model/phase.ts';
import { until } from '../until.ts';
import { KINDS, lackFor, processes, Stage } from './launched-tree.ts';

let stage: Stage;
beforeEach(() => {
  stage = new Stage();
});
afterEach(() => stage.strike());

const living = (members: ReadonlyMap<string, Identity>): string[] =>
  [...members].filter(([, one]) => processes.alive(one)).map(([name]) => name);

const readOr = (path: string): string => (existsSync(path) ? readFileSync(path, 'utf8').trim() : '');

/** A ghost has left group, session, ancestry and cookie behind: no scan can tell whose it is. */
const UNSEEN: Readonly<Record<string, readonly string[]>> = { scan: ['ghost'], portable: ['ghost'] };

describe.each(KINDS.map((kind) => ({ kind, lacks: lackFor(kind) })))(
  'a sweep by $kind (lacking: $lacks)',
  ({ kind, lacks }) => {
    describe.skipIf(lacks !== null)('on the real kernel', { timeout: 30_000 }, () => {
      test('kills every kind of member after the leader was killed', async () => {
        const { leader, containment, ended, members } = await stage.launch(kind, 'escapes-in-every-way.sh');
        const all = await members(6);
        processes.signal(leader, 'SIGKILL');
        await ended;
        expect(living(all)).toHaveLength(5);
        const swept = await stage.sweeper.sweep({ containment, leader, cookie: stage.cookie }, null);
        expect(living(all)).toEqual(UNSEEN[kind] ?? []);
        expect(swept.remaining).toEqual([]);
        expect(swept.killed).toBe(5 - (UNSEEN[kind]?.length ?? 0));
      });

      test.skipIf(kind !== 'reap')('kills them although somebody has stopped the reaper', async () => {
        const { leader, containment, members } = await stage.launch(kind, 'escapes-in-every-way.sh');
        const all = await members(6);
        if (containment.kind === 'reap') process.kill(containment.reaper.pid, 'SIGSTOP');
        await stage.sweeper.sweep({ containment, leader, cookie: stage.cookie }, null);
        expect(living(all)).toEqual([]);
      });

      test('kills the leader too when it lives', async () => {
        const { leader, containment, ended, members } = await stage.launch(kind, 'escapes-in-every-way.sh');
        const all = await members(6);
        await stage.sweeper.sweep({ containment, leader, cookie: stage.cookie }, null);
        expect(living(all)).toEqual(UNSEEN[kind] ?? []);
        expect(await ended).toEqual({ code: null, signal: 'SIGKILL' });
      });

      test('wins against members that fork and end as fast as they can', async () => {
        const { leader, containment, ended, members, folder } = await stage.launch(kind, 'hops.sh 3');
        await members(1);
        const hops = (): string[] => [1, 2, 3].map((each) => readOr(join(folder, `hop-${each}`)));
        await until('three hoppers', () => hops().every((count) => Number(count) > 2));
        processes.signal(leader, 'SIGKILL');
        await ended;
        const swept = await stage.sweeper.sweep({ containment, leader, cookie: stage.cookie }, null);
        expect(swept.remaining).toEqual([]);
        const atRest = hops();
        // A hopper that lives hops several times while twenty other processes begin and end.
        for (let other = 0; other < 20; other += 1) await once(spawn('true'), 'exit');
        expect(hops()).toEqual(atRest);
      });

      test('gives members that obey their time, and only the others SIGKILL', async () => {
        const { leader, containment, ended, members } = await stage.launch(
          kind,
          'leads-a-child-that-ignores-term.sh',
        );
        const all = await members(2);
        processes.signal(leader, 'SIGTERM');
        await ended;
        const target = { containment, leader, cookie: stage.cookie };
        const swept = await stage.sweeper.sweep(target, { signal: 'SIGTERM', ms: 150 });
        expect(living(all)).toEqual([]);
        expect(swept.took).toBeGreaterThanOrEqual(150);
        expect(swept.killed).toBeGreaterThan(0);
      });

      test('takes no time and kills nobody when there is nobody', async () => {
        const { leader, containment, ended } = await stage.launch(kind, 'exits-at-once.sh');
        await ended;
        const target = { containment, leader, cookie: stage.cookie };
        const swept = await stage.sweeper.sweep(target, { signal: 'SIGTERM', ms: 5000 });
        expect(swept).toMatchObject({ killed: 0, remaining: [] });
        expect(swept.took).toBeLessThan(1000);
      });
    });
  },
);
