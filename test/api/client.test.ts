// Does the client say clearly why it got no answer, and give back what was sent?

import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { ask, createClient } from '../../src/api/client.ts';
import { parseReply } from '../../src/api/exchange.ts';
import { refusalFromWire, refusalToWire } from '../../src/api/wire.ts';
import { ERRORS, TsvisorError, type ErrorCode } from '../../src/model/errors.ts';
import { openHouse, STATUS, temporaryFolder } from './sandbox.ts';

const refusalOf = (promise: Promise<unknown>): Promise<TsvisorError> =>
  promise.then(
    () => {
      throw new Error('it was answered');
    },
    (error: TsvisorError) => error,
  );

/** A server that answers every connection with these bytes, or with nothing at all. */
const serveBytes = async (bytes: string | null): Promise<string> => {
  const path = join(temporaryFolder(), 'other.sock');
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => socket.destroy());
    if (bytes !== null) socket.end(bytes);
  });
  server.listen(path);
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return path;
};

describe('client', () => {
  test('gives the status reply', async () => {
    const { path } = await openHouse();
    expect(await createClient(path).status()).toEqual(STATUS);
  });

  test('sends every command as the supervisor expects it', async () => {
    const { path, asked } = await openHouse();
    const client = createClient(path);
    await client.start(['a'], { wait: false });
    await client.stop(['b:*']);
    await client.restart(['all']);
    await client.signal(['c'], 'hup');
    await client.shutdown();
    await client.reload();
    expect(asked).toEqual([
      { verb: 'start', names: ['a'], wait: false },
      { verb: 'stop', names: ['b:*'], wait: true },
      { verb: 'restart', names: ['all'], wait: true },
      { verb: 'signal', names: ['c'], signal: 'SIGHUP' },
      { verb: 'shutdown' },
      { verb: 'reload' },
    ]);
  });

  test('carries a reply of megabytes and every character', async () => {
    const message = 'é🙂\n'.repeat(500_000);
    const outcome = { process: { group: 'g', name: 'n' }, ok: false, code: null, message };
    const { path } = await openHouse({ ask: () => Promise.resolve([outcome]) });
    expect(await createClient(path).stop(['n'])).toEqual([outcome]);
  });

  test('throws the refusal that the supervisor gave', async () => {
    const { path } = await openHouse({ ask: () => Promise.reject(new TsvisorError('SHUTDOWN_STATE')) });
    const refusal = await refusalOf(createClient(path).stop(['a']));
    expect(refusal).toBeInstanceOf(TsvisorError);
    expect(refusal.code).toBe('SHUTDOWN_STATE');
  });

  test.each([
    ['no socket', 'not running', () => join(temporaryFolder(), 'none.sock')],
    [
      'a plain file',
      'not',
      () => {
        const path = join(temporaryFolder(), 'file');
        writeFileSync(path, '');
        return path;
      },
    ],
  ])('says that nothing runs at %s', async (_, reason, place) => {
    const refusal = await refusalOf(createClient(place()).status());
    expect(refusal.code).toBe('NOT_RUNNING_HERE');
    expect(refusal.message).toContain(reason);
  });

  test.each([
    ['HTML of another server', 'HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>', 'no tsvisor'],
    ['JSON of another server', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}', 'no tsvisor'],
    ['an unknown error', 'HTTP/1.1 500 No\r\nContent-Length: 2\r\n\r\n{}', 'status 500'],
    ['a reply cut short', 'HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{}', 'no tsvisor'],
    ['a greeting of another protocol', '220 mail.example ESMTP\r\n', 'no tsvisor'],
    ['nothing', '', 'without a reply'],
  ])('is not deceived by %s', async (_, bytes, reason) => {
    const refusal = await refusalOf(createClient(await serveBytes(bytes)).status());
    expect(refusal.code).toBe('NOT_RUNNING_HERE');
    expect(refusal.message).toContain(reason);
  });

  test('gives up on a supervisor that accepts but does not answer', async () => {
    const socket = await serveBytes(null);
    const refusal = await refusalOf(ask({ socket, method: 'GET', path: '/healthz', timeout: 100 }));
    expect(refusal.code).toBe('NO_ANSWER');
    expect(refusal.message).toContain('0.1 s');
  });

  test('says that an order without an answer may still be carried out, and only an order', async () => {
    const client = createClient(await serveBytes(null), { timeout: 50 });
    expect((await refusalOf(client.signal(['a'], 'HUP'))).message).toContain('may still be done');
    expect((await refusalOf(client.status())).message).not.toContain('may still');
  });

  test('tells of an answer that is late, once it is', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const onSlow = vi.fn<() => void>();
    const answered = createClient(await serveBytes('HTTP/1.1 200 OK\r\n'), { onSlow });
    await refusalOf(answered.status());
    vi.advanceTimersByTime(60_000);
    expect(onSlow).not.toHaveBeenCalled();
    const silent = refusalOf(createClient(await serveBytes(null), { onSlow, timeout: 500 }).status());
    vi.advanceTimersByTime(2000);
    expect(onSlow).toHaveBeenCalledOnce();
    expect((await silent).code).toBe('NO_ANSWER');
  });

  test('asks whether anybody is there before a call that may last', async () => {
    const refusal = await refusalOf(createClient(await serveBytes(null), { timeout: 50 }).stop(['a']));
    expect(refusal.code).toBe('NO_ANSWER');
  });
});

describe('parts', () => {
  test('reads back every refusal it has written', () => {
    const codes = Object.keys(ERRORS).filter((code): code is ErrorCode => Object.hasOwn(ERRORS, code));
    expect(codes.length).toBeGreaterThan(15);
    for (const code of codes) {
      const sent = new TsvisorError(code, { name: 'a:b', reason: 'because', pid: 12 });
      const read = refusalFromWire(JSON.parse(JSON.stringify(refusalToWire(sent))));
      expect(read).toMatchObject({ code, message: sent.message, hint: sent.hint });
    }
  });

  test('reads any bytes as a reply or as none', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(() => parseReply(Buffer.from(bytes))).not.toThrow();
      }),
    );
    fc.assert(
      fc.property(fc.string(), (text) => {
        const head = `HTTP/1.1 200 OK\r\nContent-Length: ${Buffer.byteLength(text)}\r\n\r\n`;
        expect(parseReply(Buffer.from(head + text))).toEqual({
          status: 200,
          body: Buffer.from(text).toString(),
        });
      }),
    );
  });
});
