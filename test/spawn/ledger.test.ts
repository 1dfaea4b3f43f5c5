// Does the ledger tell the next supervisor who ran, in a bounded file, and whatever the disk does?

import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Event } from '../../src/model/event.ts';
import { openLedger, type Ledger } from '../../src/spawn/ledger.ts';

const makeFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'tsvisor-ledger-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
};

const process = { group: 'ci', name: 'app' };
const score = { requested: 0, effective: 0, refusal: null };
const launched = (pid: number): Event => ({
  type: 'launched',
  process,
  leader: { pid, startTick: 9 },
  score,
});
const stopped: Event = {
  type: 'state',
  process,
  from: 'STARTING',
  to: 'STOPPED',
  pid: 1,
  tries: 0,
  expected: true,
};

const open = (path: string) => {
  const failures: string[] = [];
  const ledger = openLedger(path, 'this boot', (why) => failures.push(why));
  return { ledger, failures };
};

/** More than the file may grow by. */
const fill = (ledger: Ledger): void => {
  for (let pid = 1; pid <= 15_000; pid += 1) ledger.record(launched(pid));
};

test('the next one knows the last state and the last leader, and nothing of another boot', () => {
  const path = join(makeFolder(), 'ledger');
  const { ledger } = open(path);
  ledger.record(launched(7));
  ledger.record(stopped);
  ledger.close();
  const next = openLedger(path, 'this boot', () => undefined);
  expect(next.past.get('ci:app')).toMatchObject({ state: 'STOPPED', leader: { pid: 7, startTick: 9 } });
  next.close();
  const after = openLedger(path, 'another boot', () => undefined);
  expect(after.past.size).toBe(0);
  after.close();
});

test('the file stays small however often a process starts', () => {
  const path = join(makeFolder(), 'ledger');
  const { ledger, failures } = open(path);
  fill(ledger);
  fill(ledger);
  ledger.close();
  expect(statSync(path).size).toBeLessThan(300_000);
  expect(failures).toEqual([]);
});

test('one whose folder is not there yet says so and is made with the next event', () => {
  const folder = join(makeFolder(), 'later');
  const path = join(folder, 'ledger');
  const { ledger, failures } = open(path);
  expect(failures).toEqual([expect.stringContaining(`cannot write ${path}: ENOENT`)]);
  mkdirSync(folder);
  ledger.record(launched(42));
  ledger.close();
  const next = openLedger(path, 'this boot', () => undefined);
  expect(next.past.get('ci:app')?.leader?.pid).toBe(42);
  next.close();
});

test('one that cannot be made anew says so, writes to no file of others, and is whole again when it can', () => {
  const folder = makeFolder();
  const path = join(folder, 'ledger');
  const { ledger, failures } = open(path);
  renameSync(folder, `${folder}-away`);
  onTestFinished(() => rmSync(`${folder}-away`, { recursive: true, force: true }));
  fill(ledger);
  expect(failures.at(-1)).toContain(`cannot write ${path}: ENOENT`);
  const theirs = join(makeFolder(), 'theirs');
  const fd = openSync(theirs, 'w');
  ledger.record(launched(1));
  closeSync(fd);
  expect(readFileSync(theirs, 'utf8')).toBe('');
  renameSync(`${folder}-away`, folder);
  ledger.record(launched(42));
  ledger.close();
  const next = openLedger(path, 'this boot', () => undefined);
  expect(next.past.get('ci:app')?.leader?.pid).toBe(42);
  next.close();
});
