// Are hooks read alike in both dialects, with every mistake told and no secret shown?

import { expect, test } from 'vitest';
import { effectivePlan } from '../../src/config/effective.ts';
import { planOf, problemsOf } from './sandbox.ts';

const INI = `[supervisord]
[tsvisor-hook:page]
on=tsvisor_oom_killed,PROCESS_STATE_FATAL
webhook=https://%(ENV_HOST)s/T000/secret
headers=Authorization="Bearer %(ENV_TOKEN)s",X-Team="night"
headers_file=/etc/headers
timeout=5s
attempts=2
retry_delay=250ms
buffer_size=7
[tsvisor-hook:note]
on=TSVISOR
run=/usr/local/bin/note "an event"
`;

const YAML = `hooks:
  page:
    on: [TSVISOR_OOM_KILLED, PROCESS_STATE_FATAL]
    webhook: https://%(ENV_HOST)s/T000/secret
    headers:
      Authorization: Bearer %(ENV_TOKEN)s
      X-Team: night
    headers_file: /etc/headers
    timeout: 5s
    attempts: 2
    retry_delay: 250ms
    buffer_size: 7
  note:
    on: TSVISOR
    run: [/usr/local/bin/note, an event]
`;

const ENV = { HOST: 'hooks.example.org', TOKEN: 'hush' };

const PAGE = {
  name: 'page',
  on: ['TSVISOR_OOM_KILLED', 'PROCESS_STATE_FATAL'],
  act: {
    kind: 'webhook',
    url: 'https://hooks.example.org/T000/secret',
    headers: { Authorization: 'Bearer hush', 'X-Team': 'night' },
    headersFile: '/etc/headers',
  },
  timeout: 5,
  attempts: 2,
  retryDelay: 0.25,
  bufferSize: 7,
};

const NOTE = { name: 'note', on: ['TSVISOR'], timeout: 10, attempts: 5, retryDelay: 1, bufferSize: 100 };

test.each([
  ['supervisord.conf', INI, `/usr/local/bin/note "an event"`],
  ['tsvisor.yaml', YAML, `/usr/local/bin/note 'an event'`],
])('a hook of %s has an act, events and bounds', async (name, text, command) => {
  const { supervisor } = await planOf(text, { name, env: ENV });
  expect(supervisor.hooks).toEqual([PAGE, { ...NOTE, act: { kind: 'run', command } }]);
});

test('what is in force shows no secret', async () => {
  const shown = effectivePlan(await planOf(INI, { env: ENV }));
  expect(shown).toMatchObject({
    hooks: {
      page: {
        webhook: 'https://hooks.example.org/(hidden)',
        headers: { Authorization: '(set)', 'X-Team': '(set)' },
      },
      note: { run: '/usr/local/bin/note "an event"' },
    },
  });
  expect(JSON.stringify(shown)).not.toMatch(/hush|secret/);
  expect(effectivePlan(await planOf('[supervisord]\n'))).not.toHaveProperty('hooks');
});

test('every mistake in a hook is told, with its line', async () => {
  const problems = await problemsOf(`[supervisord]
[tsvisor-hook:nothing]
on=TICK_5
[tsvisor-hook:both]
on=TICK_5
run=/bin/true
webhook=http://localhost/
[tsvisor-hook:silent]
run=/bin/true
[tsvisor-hook:bad]
on=NO_SUCH_EVENT
webhook=ftp://localhost/
headers=A:B="x"
timeout=0
attempts=0
buffer_size=0
[tsvisor-hook:open]
on=TICK_5
run=/bin/echo "open
headers=A="b"
`);
  expect(problems).toEqual([
    '2: run: cannot use [tsvisor-hook:nothing]: it has neither run nor webhook',
    '6: run: cannot use [tsvisor-hook:both]: it has both run and webhook',
    '8: on: cannot use [tsvisor-hook:silent]: it wants no event',
    expect.stringMatching(/^11: on: .*NO_SUCH_EVENT/),
    '12: webhook: cannot use [tsvisor-hook:bad]: its webhook is no address',
    "13: headers: cannot use [tsvisor-hook:bad]: 'A:B' is no header",
    '14: timeout: cannot use [tsvisor-hook:bad]: its timeout is no time',
    '15: attempts: cannot use [tsvisor-hook:bad]: attempts is below 1',
    '16: buffer_size: cannot use [tsvisor-hook:bad]: buffer_size is below 1',
    expect.stringMatching(/^19: run: .*No closing quotation/),
    '20: headers: cannot use [tsvisor-hook:open]: a command has no headers',
  ]);
});
