// Do open pages hear of what has changed, and of nothing else?

import { get } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import type { Event } from '../../src/model/event.ts';
import { until } from '../until.ts';
import { openStage, statusOf, type Stage } from './stage.ts';

interface Hearing {
  /** Events so far: name and data. */
  readonly heard: readonly (readonly [string, unknown])[];
  ended(): boolean;
  leave(): void;
}

const listen = async (stage: Stage, since: number): Promise<Hearing> => {
  const heard: [string, unknown][] = [];
  let ended = false;
  const asked = get({ port: stage.port, host: '127.0.0.1', path: `/events?since=${since}` }, (reply) => {
    let rest = '';
    reply.setEncoding('utf8').on('data', (piece: string) => {
      const messages = (rest + piece).split('\n\n');
      rest = messages.pop() ?? '';
      for (const message of messages) {
        const found = /event: (\w+)\ndata: (.*)$/.exec(message);
        if (found !== null) heard.push([found[1] ?? '', JSON.parse(found[2] ?? '')]);
      }
    });
    reply.on('end', () => (ended = true));
  });
  asked.on('error', () => (ended = true));
  onTestFinished(() => void asked.destroy());
  await until('a hello', () => heard.length > 0);
  return { heard, ended: () => ended, leave: () => void asked.destroy() };
};

const versionOf = async (stage: Stage): Promise<number> =>
  Number(/data-version="(\d+)"/.exec((await stage.ask('/')).text)?.[1]);

const CHANGE: Event = {
  type: 'state',
  process: { group: 'web', name: 'web' },
  from: 'RUNNING',
  to: 'STOPPING',
  pid: 5,
  tries: 0,
  expected: true,
};

const namesIn = (data: unknown): unknown => (data as [string, string][]).map(([name]) => name);

test('a page that is up to date hears only of the row that changes, in less than 2 kB', async () => {
  const stage = await openStage();
  stage.state.statuses = [statusOf({}), statusOf({ group: 'db', name: 'db' })];
  const page = await listen(stage, await versionOf(stage));
  expect(page.heard).toEqual([['hello', expect.anything()]]);
  stage.state.statuses = [statusOf({ state: 'STOPPING' }), statusOf({ group: 'db', name: 'db' })];
  stage.announce(CHANGE);
  await until('rows', () => page.heard.length === 2);
  const [name, data] = page.heard[1] ?? [];
  expect(name).toBe('rows');
  expect(namesIn(data)).toEqual(['web']);
  expect(JSON.stringify(data).length).toBeLessThan(2000);
});

test('a change between the page and its first listening is not lost', async () => {
  const stage = await openStage();
  const version = await versionOf(stage);
  stage.state.statuses = [statusOf({ state: 'FATAL' })];
  const page = await listen(stage, version);
  await until('rows', () => page.heard.length === 2);
  expect(namesIn(page.heard[1]?.[1])).toEqual(['web']);
});

test('a page that is opened meanwhile takes nothing from those that are open', async () => {
  const stage = await openStage();
  const page = await listen(stage, await versionOf(stage));
  stage.state.statuses = [statusOf({ state: 'STOPPING' })];
  await versionOf(stage);
  stage.announce(CHANGE);
  await until('rows', () => page.heard.length === 2);
  expect(namesIn(page.heard[1]?.[1])).toEqual(['web']);
});

test('time that passes is no change', async () => {
  const stage = await openStage();
  const page = await listen(stage, await versionOf(stage));
  stage.state.statuses = [statusOf({ uptime: 99, description: 'pid 5, uptime 0:01:39' })];
  stage.announce(CHANGE);
  stage.state.statuses = [statusOf({ uptime: 99 }), statusOf({ group: 'new', name: 'new' })];
  await until('a list', () => page.heard.length >= 3);
  expect(page.heard.map(([name]) => name)).toEqual(['hello', 'list', 'rows']);
  expect(namesIn(page.heard[2]?.[1])).toEqual(['new']);
});

test('an OOM kill is told to pages that show memory', async () => {
  const stage = await openStage();
  const page = await listen(stage, await versionOf(stage));
  const verdict = { oom: 'certain', cause: 'own-limit', because: '', victim: null, evidence: null } as const;
  stage.announce({ type: 'member-killed', process: { group: 'web', name: 'web' }, verdict });
  await until('an incident', () => page.heard.length > 1);
  expect(page.heard.map(([name]) => name)).toEqual(['hello', 'oom']);
});

test('nothing is listened to once the last page is closed, and an end of the supervisor closes all', async () => {
  const stage = await openStage();
  const [first, second] = [await listen(stage, 0), await listen(stage, 0)];
  expect(stage.listeners()).toBe(1);
  first.leave();
  stage.announce({ type: 'mood', mood: 'SHUTDOWN' });
  await until('nobody listening', () => second.ended() && stage.listeners() === 0);
});
