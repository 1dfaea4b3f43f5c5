import { spawn } from 'node:child_process';
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
import { createMarks, killersHere } from '../../src/kernel/killer-marks.ts';

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

test('a daemon that kills for memory is known by its name as long as it runs', async () => {
  const here = killersHere();
  expect(here).not.toContain('nohang');
  const path = join(folder(), 'nohang');
  copyFileSync('/bin/sleep', path);
  chmodSync(path, 0o755);
  const child = spawn(path, ['100'], { stdio: 'ignore' });
  await once(child, 'spawn');
  expect(killersHere()).toContain('nohang');
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(killersHere()).toEqual(here);
});
