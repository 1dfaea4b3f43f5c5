// Do checks over the network find what is there, against real sockets?

import { createServer as createHttp } from 'node:http';
import { createServer, type Server } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { checkHttp, checkTcp } from '../../src/health/network-checks.ts';

const portOf = async (server: Server): Promise<number> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
};

const looked = (port: number): Promise<string | null> =>
  checkTcp({ kind: 'tcp', host: '127.0.0.1', port })(new AbortController().signal);

const asked = (
  url: string,
  status: number | null = null,
  abort = new AbortController(),
): Promise<string | null> => checkHttp({ kind: 'http', url, status })(abort.signal);

describe('tcp', () => {
  test('passes where somebody accepts and says why not where nobody does', async () => {
    const server = createServer((socket) => socket.destroy());
    const port = await portOf(server);
    expect(await looked(port)).toBeNull();
    await new Promise((resolve) => server.close(resolve));
    expect(await looked(port)).toBe(`127.0.0.1:${port}: connection refused`);
  });
});

describe('http', () => {
  test('takes any good status, or exactly the one asked for', async () => {
    const server = createHttp((request, response) => {
      response.statusCode = Number(request.url?.slice(1));
      response.end('x'.repeat(100_000));
    });
    const url = `http://127.0.0.1:${await portOf(server)}`;
    expect(await asked(`${url}/200`)).toBeNull();
    expect(await asked(`${url}/302`)).toBeNull();
    expect(await asked(`${url}/503`)).toBe(`${url}/503 answered 503`);
    expect(await asked(`${url}/200`, 204)).toBe(`${url}/200 answered 200 instead of 204`);
    expect(await asked(`${url}/503`, 503)).toBeNull();
    server.closeAllConnections();
  });

  test('gives the password of its address to the server and to nobody else', async () => {
    let given = '';
    const server = createHttp((request, response) => {
      given = request.headers.authorization ?? '';
      response.writeHead(500).end();
    });
    const port = await portOf(server);
    const url = `http://u:xyzzy@127.0.0.1:${port}/health`;
    expect(await asked(url)).toBe(`http://(hidden)@127.0.0.1:${port}/health answered 500`);
    expect(given).toBe(`Basic ${Buffer.from('u:xyzzy').toString('base64')}`);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    expect(await asked(url)).toBe(`http://(hidden)@127.0.0.1:${port}/health: connection refused`);
  });

  test('ends soon after it is told to, with one that never answers', async () => {
    const server = createHttp(() => undefined);
    const abort = new AbortController();
    const url = `http://127.0.0.1:${await portOf(server)}/`;
    server.once('request', () => abort.abort());
    expect(await asked(url, null, abort)).toMatch(/aborted/);
    server.closeAllConnections();
  });

  test('says what answers that is no server of HTTP', async () => {
    const url = `http://127.0.0.1:${await portOf(createServer((socket) => socket.end('hello\n')))}/`;
    expect(await asked(url)).toMatch(/^http:\/\/127.0.0.1:\d+\/: Parse Error/);
  });
});
