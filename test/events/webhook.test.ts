// Does an event reach a server on the web, and is it told well why it did not? A real server each time.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { Hook } from '../../src/events/hook.ts';
import { ABOUT_NOTHING, messageOf } from '../../src/events/message.ts';
import { remoteNote } from '../../src/events/note.ts';
import { webhookTo } from '../../src/events/webhook.ts';
import { createClock } from '../../src/kernel/clock.ts';
import { until } from '../until.ts';

const serve = async (listener: RequestListener): Promise<string> => {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return `http://127.0.0.1:${address.port}/events`;
};

const act = (url: string, more: { headers?: Record<string, string>; headersFile?: string } = {}) => ({
  kind: 'webhook' as const,
  url,
  headers: more.headers ?? {},
  headersFile: more.headersFile ?? null,
});

const POSTING = { serial: 1, at: 0, host: 'here', supervisor: 's' };
const MESSAGE = messageOf(
  { name: 'TSVISOR_DELAYED', payload: 'processname:app groupname:ci seconds:4\nit died fast' },
  { process: { group: 'ci', name: 'app' }, verdict: null },
  POSTING,
);

const NEVER = new AbortController().signal;

test('posts the event as JSON, with headers of the config and of a file', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tsvisor-webhook-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const headersFile = join(folder, 'headers');
  writeFileSync(headersFile, '# the token\nAuthorization: Bearer secret:1\n\n');
  let seen: { method?: string; headers: IncomingHttpHeaders; body: unknown } | null = null;
  const url = await serve((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () => {
      seen = { method: request.method ?? '', headers: request.headers, body: JSON.parse(body) };
      response.writeHead(204).end();
    });
  });
  const send = webhookTo(act(url, { headers: { 'X-Team': 'night' }, headersFile }), 10);
  expect(await send(MESSAGE, NEVER)).toBeNull();
  expect(seen).toMatchObject({
    method: 'POST',
    headers: { 'x-team': 'night', authorization: 'Bearer secret:1', 'content-type': 'application/json' },
    body: {
      event: 'TSVISOR_DELAYED',
      time: '1970-01-01T00:00:00.000Z',
      group: 'ci',
      process: 'app',
      facts: { seconds: '4' },
      text: 'it died fast',
    },
  });
});

test.each([
  [500, false, /answered 500/],
  [429, false, /answered 429/],
  [404, true, /answered 404/],
  [302, true, /redirects are not followed/],
])('an answer of %s is a failure, final: %s', async (status, final, words) => {
  const url = await serve((_, response) => response.writeHead(status, { location: '/else' }).end());
  expect(await webhookTo(act(url), 10)(MESSAGE, NEVER)).toEqual({ why: expect.stringMatching(words), final });
});

test('a server that never answers, one that is not there and a file that cannot be read are told', async () => {
  const url = await serve(() => undefined);
  expect((await webhookTo(act(url), 0.2)(MESSAGE, NEVER))?.why).toBe('no answer within 0.2 s');
  const abort = new AbortController();
  const hanging = webhookTo(act(url), 60)(MESSAGE, abort.signal);
  setImmediate(() => abort.abort());
  expect((await hanging)?.final).toBe(false);
  expect((await webhookTo(act('http://127.0.0.1:1/'), 10)(MESSAGE, NEVER))?.why).toMatch(/ECONNREFUSED/);
  expect((await webhookTo(act('https://127.0.0.1:1/'), 10)(MESSAGE, NEVER))?.why).toMatch(/ECONNREFUSED/);
  const headersFile = '/nonexistent/headers';
  expect((await webhookTo(act(url, { headersFile }), 10)(MESSAGE, NEVER))?.why).toMatch(/ENOENT/);
});

test('an answer without an end is not read for ever', async () => {
  let closed = false;
  const url = await serve((request, response) => {
    const piece = Buffer.alloc(65_536);
    const pour = (): void => {
      while (!response.destroyed && response.write(piece));
    };
    response.on('drain', pour).on('error', () => undefined);
    request.socket.once('close', () => (closed = true));
    pour();
  });
  expect(await webhookTo(act(url), 600)(MESSAGE, NEVER)).toBeNull();
  await until('the connection is cut', () => closed);
});

test.each([
  ['a named pipe', (path: string) => void execFileSync('mkfifo', [path])],
  ['a file that is too long', (path: string) => writeFileSync(path, 'X: y\n'.repeat(20_000))],
])('%s is no file of headers, and nobody waits for it', async (_, make) => {
  const folder = mkdtempSync(join(tmpdir(), 'tsvisor-webhook-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const headersFile = join(folder, 'headers');
  make(headersFile);
  const url = await serve((__, response) => response.end());
  expect(await webhookTo(act(url, { headersFile }), 10)(MESSAGE, NEVER)).toEqual({
    why: `${headersFile} is no regular file of 65536 bytes at most`,
    final: false,
  });
});

test('a server that fails twice gets the event at the third attempt, once', async () => {
  const bodies: string[] = [];
  let failures = 0;
  const url = await serve((request, response) => {
    failures += 1;
    if (failures < 3) {
      response.writeHead(503).end();
      return;
    }
    request.setEncoding('utf8').on('data', (text: string) => bodies.push(text));
    request.on('end', () => response.end('thanks'));
  });
  const hook = new Hook({
    plan: {
      name: 'tell',
      on: ['REMOTE_COMMUNICATION'],
      act: act(url),
      timeout: 10,
      bufferSize: 10,
      attempts: 5,
      retryDelay: 0.01,
    },
    host: 'here',
    supervisor: 's',
    clock: createClock(),
    say: () => undefined,
    send: webhookTo(act(url), 10),
  });
  hook.accept(remoteNote('t', 'a'), ABOUT_NOTHING);
  await until('it was sent', () => hook.status.sent === 1);
  expect(bodies.map((body) => JSON.parse(body).text)).toEqual(['a']);
  expect(failures).toBe(3);
  await hook.close(1000);
});
