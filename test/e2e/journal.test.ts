// Does the supervisor's own log go where the config says, in the form that it says?

import { chmodSync } from 'node:fs';
import { expect, test } from 'vitest';
import { callRpc } from '../../src/api/client-rpc.ts';
import { lodge, type Lodging } from './lodging.ts';
import { until } from './wait.ts';

const SAYS = `[program:says]
command=/bin/sh -c "echo hello; exec sleep 1000"
startsecs=0
`;

const socketIn = (lodging: Lodging): string =>
  `[unix_http_server]\nfile=${lodging.path('s.sock')}\n[rpcinterface:supervisor]\nsupervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface\n`;

test('logfile=syslog sends whole lines there, what programs write at level debug too', async () => {
  const lodging = lodge();
  const logger = lodging.writeFile('logger', `#!/bin/sh\nexec cat >> ${lodging.path('sent')}\n`);
  chmodSync(logger, 0o755);
  lodging.write(`[supervisord]\nlogfile=syslog\n${socketIn(lodging)}`, SAYS);
  await lodging.start({ through: ['env', `PATH=${lodging.folder}:${process.env['PATH'] ?? ''}`] });
  await lodging.reachProcess('says', 'RUNNING');
  const echo = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} DEBG 'says' stdout output:\nhello$/m;
  await until('the program in syslog', () => echo.test(lodging.read('sent')), { within: 20_000 });
  const target = { url: `unix://${lodging.path('s.sock')}`, username: null, password: null };
  expect(await callRpc(target, 'supervisor.readLog', [0, 0])).toEqual({
    fault: { code: 20, text: 'NO_FILE: syslog' },
  });
  expect((await lodging.tsvisor(['logs', 'supervisor'])).stderr).toMatch(/it goes to syslog/);
  await lodging.tsvisor(['stop']);
  expect(lodging.read('sent')).toMatch(/INFO supervisord started with pid \d+$/m);
  expect(lodging.read('sent')).toMatch(/stopped: says/);
}, 60_000);

test('log_format=json writes one object for each line', async () => {
  const lodging = lodge();
  lodging.write('[supervisord]\nlog_format=json\nloglevel=info\n', SAYS);
  await lodging.start();
  await lodging.reachProcess('says', 'RUNNING');
  await lodging.tsvisor(['stop']);
  const lines = lodging
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
