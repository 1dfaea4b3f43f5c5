// Do the pages show what is, do only what is sure and ours, and lead supervisord's addresses to where they belong?

import { describe, expect, test } from 'vitest';
import { openStage, statusOf, visit, type Stage } from './stage.ts';

const order = async (
  stage: Stage,
  form: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
) => {
  const { cookie, token } = await visit(stage);
  return stage.ask('/act', { method: 'POST', form: { token, ...form }, headers: { cookie, ...headers } });
};

describe('a page', () => {
  test('lets the browser run nothing but our own script', async () => {
    const { headers } = await (await openStage()).ask('/');
    expect(headers['content-security-policy']).toContain("default-src 'none'; script-src 'self'");
    expect(headers['content-security-policy']).not.toContain('unsafe');
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['cache-control']).toBe('no-store');
  });

  test.each(['/', '/process?name=g:%3Cimg%20src%3Dx%3E'])(
    'shows names of processes as text: %s',
    async (path) => {
      const stage = await openStage();
      const evil = '<img src=x>';
      stage.state.statuses = [
        statusOf({ group: 'g', name: evil, state: 'FATAL', description: '"><script>alert(1)</script>' }),
      ];
      const { status, text } = await stage.ask(path);
      expect(status).toBe(200);
      expect(text).toContain('&lt;img src=x&gt;');
      expect(text).not.toContain(evil);
      expect(text).not.toContain('<script>');
    },
  );

  test('says what is known of a process beyond being up', async () => {
    const stage = await openStage();
    stage.state.statuses = [
      statusOf({ readiness: { ready: true, health: 'unhealthy', text: 'no answer on :80' } }),
    ];
    const { text } = await stage.ask('/');
    expect(text).toContain('class="RUNNING unwell"');
    expect(text).toContain('RUNNING <small>ready, unhealthy: no answer on :80</small>');
    expect((await stage.ask('/process?name=web')).text).toContain('ready, unhealthy: no answer on :80');
  });

  test('of a log shows markup as text and gives the script the way to follow it', async () => {
    const { text } = await (await openStage()).ask('/tail?name=web&stream=stderr');
    expect(text).toContain('\n&lt;i&gt;one&lt;/i&gt;\n</pre>');
    expect(text).toContain('data-follow="/logtail/web/stderr"');
  });

  test('of 500 processes stays below 150 kB', async () => {
    const stage = await openStage();
    stage.state.statuses = Array.from({ length: 500 }, (_, index) =>
      statusOf({ group: 'workers', name: `worker-${index}`, cpu: 12.5, memory: 123_456_789 }),
    );
    const { text } = await stage.ask('/');
    expect(text.match(/<tr id=/g)).toHaveLength(500);
    expect(Buffer.byteLength(text)).toBeLessThan(150_000);
  });

  test('of an unknown process is refused in words', async () => {
    const { status, text } = await (await openStage()).ask('/process?name=nobody');
    expect(status).toBe(404);
    expect(text).toContain('nobody: no such process');
  });

  test('that is nowhere is left to others', async () => {
    const stage = await openStage();
    expect((await stage.ask('/nowhere')).status).toBe(404);
    expect((await stage.ask('/', { method: 'POST' })).status).toBe(404);
  });
});

describe('the lines of the last minutes', () => {
  test('are told for the names that are asked for, and for nobody else', async () => {
    const stage = await openStage();
    const history = [0, 100, 50].map((cpu) => ({ cpu, memory: 4_194_304 }));
    stage.state.histories = { 'shop:web': history, 'shop:db': history };
    const { status, text } = await stage.ask('/lines?name=shop:web&name=nobody');
    expect({ status, lines: JSON.parse(text) }).toEqual({
      status: 200,
      lines: { 'shop:web': ['azn', 'zzz'] },
    });
  });

  test('are told of 120 rows at most', async () => {
    const stage = await openStage();
    const keys = Array.from({ length: 200 }, (_, index) => `p${index}`);
    const history = [1, 2].map((cpu) => ({ cpu, memory: 0 }));
    stage.state.histories = Object.fromEntries(keys.map((key) => [key, history]));
    const { text } = await stage.ask(`/lines?${keys.map((key) => `name=${key}`).join('&')}`);
    expect(Object.keys(JSON.parse(text) as object)).toHaveLength(120);
  });
});

describe('an order', () => {
  test('that hurts nobody is carried out at once, and told by the next page only', async () => {
    const stage = await openStage();
    const { status, headers } = await order(stage, { start: 'web' });
    expect({ status, to: headers.location }).toEqual({ status: 303, to: '/' });
    expect(stage.commands).toEqual([{ verb: 'start', names: ['web'], wait: false }]);
    const said = (headers['set-cookie'] ?? []).map((one) => one.split(';')[0]).join('; ');
    const next = await stage.ask('/', { headers: { cookie: said } });
    expect(next.text).toContain('start begun');
    expect(next.headers['set-cookie']?.join()).toContain('tsvisor-said=; Max-Age=0');
  });

  test('is told even where what was said of it is cut within a character', async () => {
    const stage = await openStage();
    for (const start of ['x', 'xx'].map((begin) => begin + '\u{1F600}'.repeat(600)))
      expect((await order(stage, { start })).status).toBe(303);
  });

  test.each([{ stop: 'web' }, { restart: 'web:*' }, { clear: 'web' }, { signal: 'web', with: 'HUP' }])(
    'that hurts is asked about first: %j',
    async (form) => {
      const stage = await openStage();
      const { status, text } = await order(stage, { ...form });
      expect(status).toBe(200);
      expect(text).toContain('name="sure" value="1"');
      expect(stage.commands).toEqual([]);
      expect((await order(stage, { ...form, sure: '1' })).status).toBe(303);
      expect(stage.commands).toHaveLength(1);
    },
  );

  test.each([
    ['without a token', {}, { token: '' }],
    ['with a token of another visit', {}, { token: 'A'.repeat(43) }],
    ['from another site, says the browser', { 'sec-fetch-site': 'cross-site' }, {}],
    ['from another port of this host, says the browser', { 'sec-fetch-site': 'same-site' }, {}],
    ['from another origin', { origin: 'http://evil.example' }, {}],
    ['from an origin that hides', { origin: 'null' }, {}],
    ['without the cookie', { cookie: '' }, {}],
  ])('%s is refused and does nothing', async (_, headers, form) => {
    const stage = await openStage();
    const { status, text } = await order(stage, { start: 'web', ...form }, headers);
    expect(status).toBe(403);
    expect(text).toContain('Nothing was done');
    expect(stage.commands).toEqual([]);
  });

  test('from our own origin is taken', async () => {
    const stage = await openStage();
    const headers = { origin: `http://127.0.0.1:${stage.port}`, 'sec-fetch-site': 'same-origin' };
    expect((await order(stage, { start: 'web' }, headers)).status).toBe(303);
  });

  test('to a server that only shows is refused, and its pages have no buttons', async () => {
    const stage = await openStage({ readOnly: true });
    const { text } = await stage.ask('/');
    expect(text).not.toContain('<button name=');
    expect((await order(stage, { start: 'web' })).status).toBe(403);
    expect(stage.commands).toEqual([]);
  });

  test('with a signal that is not offered is told as refused', async () => {
    const stage = await openStage();
    const { headers } = await order(stage, { signal: 'web', with: 'EVIL', sure: '1' });
    expect(decodeURIComponent(headers['set-cookie']?.join() ?? '')).toContain('EVIL: no such signal');
    expect(stage.commands).toEqual([]);
  });

  test('in a form of more than 16 kB is refused', async () => {
    const stage = await openStage();
    const { cookie, token } = await visit(stage);
    const asked = stage.ask('/act', {
      method: 'POST',
      form: { token, start: 'x'.repeat(20_000) },
      headers: { cookie },
    });
    await expect(asked).rejects.toThrow('socket hang up');
    expect(stage.bugs).toMatchObject([{ code: 'BAD_REQUEST' }]);
    expect(stage.commands).toEqual([]);
  });
});

describe("supervisord's addresses", () => {
  test.each([
    ['/index.html', '/'],
    ['/index.html?action=refresh', '/'],
    ['/tail.html?processname=web:a&limit=1024', '/tail?name=web%3Aa&stream=stdout'],
  ])('%s leads to %s', async (old, now) => {
    const { status, headers } = await (await openStage()).ask(old);
    expect({ status, to: headers.location }).toEqual({ status: 301, to: now });
  });

  test.each(['start', 'stop', 'restart', 'clearlog'])(
    'the link of action %s asks and does nothing',
    async (action) => {
      const stage = await openStage();
      const { status, text } = await stage.ask(`/index.html?action=${action}&processname=web`);
      expect(status).toBe(200);
      expect(text).toContain('value="web"');
      expect(stage.commands).toEqual([]);
    },
  );

  test('stopall asks about all', async () => {
    const { text } = await (await openStage()).ask('/index.html?action=stopall');
    expect(text).toContain('Stop all and all its members?');
  });

  test('an action that never was is refused', async () => {
    expect((await (await openStage()).ask('/index.html?action=explode')).status).toBe(400);
  });

  test('ok.html says OK', async () => {
    expect(await (await openStage()).ask('/ok.html')).toMatchObject({ status: 200, text: 'OK' });
  });
});
