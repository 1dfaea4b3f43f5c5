// Does the supervisor's own log go where the config says, in the form that it says?

import { chmodSync } from 'node:fs';
import { expect, test } from 'vitest';
import { callRpc } from '../../src/api/client-rpc.ts';
import { openSandbox, type Sandbox } from './sandbox.ts';
import { until } from '../until.ts';

const SAYS = `[program:says]
command=/bin/sh -c "echo hello; exec sleep 1000"
startsecs=0
`;

const socketIn = (sandbox: Sandbox): string =>
  `[unix_http_server]\nfile=${sandbox.path('s.sock')}\n[rpcinterface:supervisor]\nsupervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface\n`;

test('logfile=syslog sends whole lines there, what programs write at level debug too', async () => {
  const sandbox = openSandbox();
  const logger = sandbox.writeFile('logger', `#!/bin/sh\nexec cat >> ${sandbox.path('sent')}\n`);
  chmodSync(logger, 0o755);
  sandbox.write(`[supervisord]\nlogfile=syslog\n${socketIn(sandbox)}`, SAYS);
  await sandbox.start({ through: ['env', `PATH=${sandbox.folder}:${process.env['PATH'] ?? ''}`] });
  await sandbox.reachProcess('says', 'RUNNING');
  const echo = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} DEBG 'says' stdout output:\nhello$/m;
  await until('the program in syslog', () => echo.test(sandbox.read('sent')), { within: 20_000 });
  const target = { url: `unix://${sandbox.path('s.sock')}`, username: null, password: null };
  expect(await callRpc(target, 'supervisor.readLog', [0, 0])).toEqual({
    fault: { code: 20, text: 'NO_FILE: syslog' },
  });
  expect((await sandbox.tsvisor(['logs', 'supervisor'])).stderr).toMatch(/it goes to syslog/);
  await sandbox.tsvisor(['stop']);
  expect(sandbox.read('sent')).toMatch(/INFO supervisord started with pid \d+$/m);
  expect(sandbox.read('sent')).toMatch(/stopped: says/);
}, 60_000);

test('log_format=json writes one object for each line', async () => {
  const sandbox = openSandbox();
  sandbox.write('[supervisord]\nlog_format=json\nloglevel=info\n', SAYS);
  await sandbox.start();
  await sandbox.reachProcess('says', 'RUNNING');
  await sandbox.tsvisor(['stop']);
  const lines = sandbox
    .journal()
    .trim()
    .split('\n')
    .map((line): unknown => JSON.parse(line));
  expect(lines).toContainEqual({
    level: 'info',
    time: expect.stringMatching(/^\d{4}-.*Z$/),
    group: 'says',
    name: 'says',
    msg: expect.stringMatching(/^spawned: 'says' with pid \d+$/),
  });
}, 60_000);
