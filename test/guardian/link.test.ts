// Does the supervisor understand its guardian, and hear when it is gone?

import fc from 'fast-check';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { GUARDIAN_MARK, openLink, parseHello, type Link } from '../../src/guardian/link.ts';

describe('a hello', () => {
  test('of a first life has no past', () => {
    expect(parseHello('guardian 12 -1000 1\nend\n')).toEqual({
      guardianPid: 12,
      score: -1000,
      life: 1,
      past: null,
      settled: false,
      service: null,
    });
  });

  test.each([
    ['30000000', 30_000],
    ['0', null],
  ])('tells that a service manager listens, and of its watchdog (%s)', (usec, watchdog) => {
    const text = `guardian 1 0 2\npast exit 75 killed 0 took 0 oom -1 -1 stuck -\nnotify ${usec}\nend\n`;
    expect(parseHello(text)).toMatchObject({ past: { killed: 0 }, service: { watchdog } });
  });

  test('of a later life tells how the last one ended', () => {
    const text = 'guardian 1 0 3\npast signal 9 killed 14 took 2500 oom 7 8 stuck 40:1234,41:99\nend\n';
    expect(parseHello(text)).toEqual({
      guardianPid: 1,
      score: 0,
      life: 3,
      past: {
        exit: { code: null, signal: 'SIGKILL' },
        killed: 14,
        took: 2.5,
        oom: { before: 7, after: 8 },
        stuck: [
          { pid: 40, startTick: 1234 },
          { pid: 41, startTick: 99 },
        ],
      },
      settled: false,
      service: null,
    });
  });

  test('tells whether a supervisor before was ready', () => {
    const text = 'guardian 1 0 3\npast exit 1 killed 0 took 0 oom -1 -1 stuck -\nsettled\nend\n';
    expect(parseHello(text)).toMatchObject({ life: 3, settled: true });
  });

  test('tells an exit status, counters that could not be read, and that nothing is stuck', () => {
    const text = 'guardian 1 0 2\npast exit 195 killed 0 took 0 oom -1 -1 stuck -\nend\n';
    expect(parseHello(text)?.past).toEqual({
      exit: { code: 195, signal: null },
      killed: 0,
      took: 0,
      oom: { before: null, after: null },
      stuck: [],
    });
  });

  test('is none before its end has come, wherever it is cut', () => {
    const text = 'guardian 1 0 2\npast exit 195 killed 0 took 0 oom -1 -1 stuck -\nend\n';
    fc.assert(
      fc.property(fc.nat(text.length - 2), (length) => {
        expect(parseHello(text.slice(0, length))).toBeNull();
      }),
    );
  });

  test('is never made of other words', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(parseHello(`${text}\nend\n`)).toBeNull();
      }),
    );
  });
});

const folder = mkdtempSync(join(tmpdir(), 'tsvisor-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
});

/** Two ends of one socket: ours, and the guardian's. */
const pair = async (): Promise<{ socket: Socket; guardian: Socket }> => {
  const path = join(folder, 'socket');
  const server = createServer();
  const accepted = new Promise<Socket>((settle) => {
    server.once('connection', settle);
  });
  await new Promise<void>((settle) => {
    server.listen(path, settle);
  });
  const socket = connect(path);
  const guardian = await accepted;
  server.close();
  sockets.push(socket, guardian);
  return { socket, guardian };
};

const opened = async (): Promise<{ link: Link | null; guardian: Socket }> => {
  const { socket, guardian } = await pair();
  guardian.write('guardian 5 -900 1\ne');
  guardian.write('nd\n');
  return { link: await openLink({ socket, env: { [GUARDIAN_MARK]: '1' } }), guardian };
};

describe('a link', () => {
  test('is none without the mark of a guardian in the environment', async () => {
    expect(await openLink({ env: { PATH: '/bin' } })).toBeNull();
  });

  test('takes the mark out of the environment, so that programs do not inherit it', async () => {
    const { socket, guardian } = await pair();
    guardian.end('guardian 5 -900 1\nend\n');
    const env = { [GUARDIAN_MARK]: '1', PATH: '/bin' };
    expect(await openLink({ socket, env })).not.toBeNull();
    expect(env).toEqual({ PATH: '/bin' });
  });

  test('has the hello, though it comes in pieces', async () => {
    const { link } = await opened();
    expect(link?.hello).toMatchObject({ guardianPid: 5, score: -900, life: 1 });
  });

  test('tells the guardian that the supervisor is up', async () => {
    const { link, guardian } = await opened();
    const heard = new Promise<string>((settle) => {
      guardian.once('data', (bytes) => settle(bytes.toString()));
    });
    link?.ready();
    expect(await heard).toBe('ready\n');
  });

  test('tells the guardian that no successor is wanted', async () => {
    const { link, guardian } = await opened();
    const heard = new Promise<string>((settle) => {
      guardian.once('data', (bytes) => settle(bytes.toString()));
    });
    link?.ending();
    expect(await heard).toBe('ending\n');
  });

  test('passes on one line for the service manager, whatever is in it', async () => {
    const { link, guardian } = await opened();
    const heard = new Promise<string>((settle) => {
      guardian.once('data', (bytes) => settle(bytes.toString()));
    });
    link?.notify('STATUS=web\nMAINPID=1\r is FATAL');
    expect(await heard).toBe('notify STATUS=web MAINPID=1 is FATAL\n');
  });

  test('is lost when the guardian is gone, and not before', async () => {
    const { link, guardian } = await opened();
    const lost = link?.lost.then(() => 'lost');
    expect(await Promise.race([lost, Promise.resolve('held')])).toBe('held');
    guardian.destroy();
    expect(await lost).toBe('lost');
  });

  test('is lost without an exception when the guardian is gone before it is told', async () => {
    const { link, guardian } = await opened();
    guardian.destroy();
    link?.ready();
    await expect(link?.lost).resolves.toBeUndefined();
  });

  test('is none when the other side ends without a hello, or floods', async () => {
    const silent = await pair();
    silent.guardian.end();
    expect(await openLink({ socket: silent.socket, env: { [GUARDIAN_MARK]: '1' } })).toBeNull();
    const flood = await pair();
    flood.guardian.write('x'.repeat(100_000));
    expect(await openLink({ socket: flood.socket, env: { [GUARDIAN_MARK]: '1' } })).toBeNull();
  });
});
