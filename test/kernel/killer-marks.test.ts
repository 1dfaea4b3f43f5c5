import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  mkdtempSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createKillers, createMarks } from '../../src/kernel/killer-marks.ts';

const folder = (): string => {
  const made = mkdtempSync(join(tmpdir(), 'tsvisor-marks-'));
  onTestFinished(() => rmSync(made, { recursive: true }));
  return made;
};

test('lines of killing daemons are found in the kernel log and at the end of a log file', () => {
  const file = join(folder(), 'syslog');
  writeFileSync(file, 'x'.repeat(40_000));
  appendFileSync(file, '\nhost cron[1]: nothing\nhost earlyoom[2]: sending SIGTERM to process 5 "a"\n');
  const marks = createMarks([file]);
  marks.add(['12,1,1,-;nohang[3]: PID: 9\n', '12,2,2,-;systemd[1]: started\n']);
  expect(marks.recent()).toEqual([
    '12,1,1,-;nohang[3]: PID: 9',
    'host earlyoom[2]: sending SIGTERM to process 5 "a"',
  ]);
});

test('a log file that nobody has written to for a minute, or that is not there, says nothing', () => {
  const old = join(folder(), 'old');
  writeFileSync(old, 'earlyoom: sending SIGKILL to process 5\n');
  utimesSync(old, new Date(0), new Date(0));
  expect(createMarks([old, `${old}.not`]).recent()).toEqual([]);
});

const named = async (name: string): Promise<ChildProcess> => {
  const path = join(folder(), name);
  copyFileSync('/bin/sleep', path);
  chmodSync(path, 0o755);
  const child = spawn(path, ['100'], { stdio: 'ignore' });
  await once(child, 'spawn');
  return child;
};

test('a daemon that kills for memory is known by its name as long as it runs', async () => {
  let at = 0;
  const killers = createKillers(() => (at += 100));
  const here = killers.speakers();
  expect(here).not.toContain('nohang');
  const child = await named('nohang');
  expect(killers.speakers()).toContain('nohang');
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(killers.speakers()).toEqual(here);
});

test('systemd-oomd is not among those that only speak', async () => {
  const killers = createKillers();
  const child = await named('systemd-oomd');
  expect(killers.oomd()).toBe(true);
  expect(killers.speakers()).not.toContain('systemd-oomd');
  child.kill('SIGKILL');
  await once(child, 'exit');
});
