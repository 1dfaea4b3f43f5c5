// Do calls and live logs get through HTTP as supervisord's clients expect, however slowly they read?

import { connect, type Socket } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { LogName } from '../../src/api/log-text.ts';
import type { Command, Reply } from '../../src/model/command.ts';
import { TsvisorError } from '../../src/model/errors.ts';
import { until } from '../until.ts';
import { openHouse, send, sendRaw, STATUS } from './sandbox.ts';

const callOf = (method: string, params = ''): string =>
  `<methodCall><methodName>supervisor.${method}</methodName><params>${params}</params></methodCall>`;
const LOG_PARAMS = '<param><value><int>0</int></value></param><param><value><int>0</int></value></param>';

const SIZE = 16 * 1024 * 1024;

/** A supervisor whose own log is very long. */
const longLog = async (command: Command): Promise<Reply> => {
  if (command.verb === 'tail-log') return { bytes: Buffer.alloc(0), offset: SIZE, overflow: false };
  if (command.verb === 'read-log')
    return { bytes: Buffer.alloc(command.length, 'x'), offset: command.offset, overflow: false };
  return STATUS;
};

const open = async (path: string, text: string): Promise<Socket> => {
  const socket = connect(path);
  onTestFinished(() => void socket.destroy());
  await new Promise((resolve) => socket.once('connect', resolve));
  socket.write(text);
  return socket;
};

const post = (body: string): string =>
  `POST /RPC2 HTTP/1.1\r\nHost: x\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

describe('XML-RPC over HTTP', () => {
  test('answers values and faults in a 200', async () => {
    const { path } = await openHouse();
    const ask = (body: string) => send(path, { method: 'POST', path: '/RPC2', body });
    const got = await ask(callOf('getAPIVersion'));
    expect(got).toMatchObject({ status: 200, headers: { 'content-type': 'text/xml' } });
    expect(got.text).toContain('<string>3.0</string>');
    expect((await ask(callOf('nosuch'))).text).toContain('UNKNOWN_METHOD');
  });

  test.each([
    ['a body that is no call', { method: 'POST', body: 'nonsense' }, 400],
    ['another method than POST', { method: 'GET' }, 400],
    ['a body above 1 MiB', { method: 'POST', body: 'x'.repeat(1_100_000) }, 400],
  ])('refuses %s with the status of supervisord', async (_, request, status) => {
    const { path, bugs } = await openHouse();
    expect((await send(path, { ...request, path: '/RPC2' })).status).toBe(status);
    expect(bugs).toEqual([]);
  });

  test('refuses a call without a length, and takes one in chunks', async () => {
    const { path } = await openHouse();
    const head = 'POST /RPC2 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n';
    expect(await sendRaw(path, `${head}\r\n`)).toMatch(/^HTTP\/1\.1 411 /);
    const body = callOf('getAPIVersion');
    const chunk = `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
    expect(await sendRaw(path, `${head}Transfer-Encoding: chunked\r\n\r\n${chunk}`)).toContain('3.0');
  });

  test('pours out a log of 16 MB', async () => {
    const { path } = await openHouse({ ask: longLog });
    const got = await send(path, { method: 'POST', path: '/RPC2', body: callOf('readLog', LOG_PARAMS) });
    expect(got.text.length).toBeGreaterThan(SIZE);
    expect(got.text).toMatch(/x<\/string><\/value>\n<\/param>\n<\/params>\n<\/methodResponse>\n$/);
  });

  test('reads no more of a log than its client takes, and answers others meanwhile', async () => {
    let read = 0;
    const ask = async (command: Command): Promise<Reply> => {
      if (command.verb === 'read-log') read += command.length;
      return longLog(command);
    };
    const { path } = await openHouse({ ask });
    const slow = await open(path, post(callOf('readLog', LOG_PARAMS)));
    slow.pause();
    await until('the first pieces read', () => read > 0);
    expect((await send(path, { path: '/healthz' })).status).toBe(200);
    expect(read).toBeLessThan(SIZE / 4);
  });
});

/** Plays logs that end when their reader goes. */
async function* played(pieces: readonly string[], signal: AbortSignal): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) yield Buffer.from(piece);
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
}

describe('a live log', () => {
  test('is sent in chunks at once, to a client with an empty Host and a blank line too many', async () => {
    const { path } = await openHouse({ follow: (_, signal) => played(['one\n'], signal) });
    const socket = await open(path, 'GET /logtail/a/stdout HTTP/1.1\r\nHost:\r\n\r\n\r\n');
    let got = '';
    socket.on('data', (bytes) => (got += bytes.toString()));
    await until('the first piece', () => got.includes('one\n'));
    expect(got).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(got.toLowerCase()).toContain('transfer-encoding: chunked');
    expect(got.toLowerCase()).toContain('content-type: text/plain;charset=utf-8');
  });

  test.each([
    ['/logtail/a', { name: 'a:a', stream: 'stdout' }],
    ['/logtail/g:a/stderr', { name: 'g:a', stream: 'stderr' }],
    ['//logtail/g%3Aa/stdout', { name: 'g:a', stream: 'stdout' }],
    ['/mainlogtail', { name: null, stream: 'stdout' }],
  ])('%s is the log it names', async (at, log) => {
    const asked: LogName[] = [];
    const { path } = await openHouse({
      follow: (name) => {
        asked.push(name);
        throw new TsvisorError('NO_FILE', { path: '' });
      },
    });
    expect((await send(path, { path: at })).status).toBe(404);
    expect(asked).toEqual([log]);
  });

  test.each(['/logtail', '/logtail/', '/logtail/a/nonsense', '/logtail/g:*', '/logtail/a/stdout/x'])(
    '%s is no log',
    async (at) => {
      const { path } = await openHouse();
      expect((await send(path, { path: at })).status).toBe(404);
    },
  );

  test('is only read, never posted to', async () => {
    const { path } = await openHouse();
    expect((await send(path, { method: 'POST', path: '/logtail/a' })).status).toBe(400);
  });

  test('ends for the supervisor when its reader goes', async () => {
    let ended = false;
    const { path } = await openHouse({
      follow: (_, signal) => {
        signal.addEventListener('abort', () => (ended = true));
        return played(['x'], signal);
      },
    });
    const socket = await open(path, 'GET /mainlogtail HTTP/1.1\r\nHost: x\r\n\r\n');
    await new Promise((resolve) => socket.once('data', resolve));
    socket.destroy();
    expect(await until('the end of the stream', () => ended)).toBe(true);
  });
});
