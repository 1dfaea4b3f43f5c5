// Do lines reach syslog whole, and does a machine without one stop nobody?

import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { ManualClock } from '../kernel/manual-clock.ts';
import { Syslog } from '../../src/logs/syslog.ts';
import { until } from '../until.ts';
import { makeFolder, read } from './sandbox.ts';

vi.setConfig({ testTimeout: 30_000 });

/** A `logger` that is played: it writes its arguments and its lines down. */
const playLogger = (script: string): string => {
  const folder = makeFolder();
  writeFileSync(join(folder, 'logger'), `#!/bin/sh\n${script.replaceAll('DIR', folder)}\n`);
  chmodSync(join(folder, 'logger'), 0o755);
  const before = process.env['PATH'];
  process.env['PATH'] = `${folder}:${before}`;
  onTestFinished(() => void (process.env['PATH'] = before));
  return folder;
};

const open = (): { syslog: Syslog; heard: string[]; clock: ManualClock } => {
  const heard: string[] = [];
  const clock = new ManualClock();
  const syslog = new Syslog({ clock, trouble: (text) => void heard.push(text) });
  onTestFinished(() => void syslog.close());
  return { syslog, heard, clock };
};

test("each line is one message in supervisord's form", async () => {
  const folder = playLogger('echo "$@" >DIR/args; cat >DIR/lines');
  const { syslog } = open();
  const web = syslog.open('web ');
  web.write(Buffer.from('one\ntw'));
  web.write(Buffer.from('o\nlast'));
  web.end();
  await until(
    'the lines',
    () => existsSync(join(folder, 'lines')) && read(join(folder, 'lines')).endsWith('last\n'),
  );
  expect(read(join(folder, 'lines'))).toBe('web one\nweb two\nweb last\n');
  expect(read(join(folder, 'args'))).toBe('-t supervisord -p user.info\n');
});

test('a logger that ends at once is said once, not started again at once, and nobody waits', async () => {
  const folder = playLogger('echo x >>DIR/starts; exit 1');
  const { syslog, heard, clock } = open();
  const web = syslog.open('web ');
  expect(web.write(Buffer.from('one\n'))).toBe(true);
  await until('the complaint', () => heard.length > 0);
  expect(heard[0]).toContain('cannot write log syslog: `logger` has ended');
  expect(web.write(Buffer.from('two\n'))).toBe(true);
  expect(read(join(folder, 'starts'))).toBe('x\n');
  clock.advance(2000);
  web.write(Buffer.from('three\n'));
  await until('another attempt', () => read(join(folder, 'starts')) === 'x\nx\n');
  expect(heard).toHaveLength(1);
});

test('at the end resolves when the rest has been sent', async () => {
  const folder = playLogger('cat >DIR/lines.new; mv DIR/lines.new DIR/lines');
  const { syslog } = open();
  syslog.open('').write(Buffer.from('2026-01-02 03:04:05,006 INFO supervisord started with pid 1\n'));
  await syslog.close();
  expect(read(join(folder, 'lines'))).toBe('2026-01-02 03:04:05,006 INFO supervisord started with pid 1\n');
  await syslog.close();
});
