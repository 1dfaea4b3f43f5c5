// Where does a test put its sockets, and who answers on them?

import { mkdtempSync, rmSync } from 'node:fs';
import { request, type IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createApi, type Api, type ApiOptions, type SocketRequest } from '../../src/api/server.ts';
import type { Listener } from '../../src/api/listener.ts';
import type { Ask, Command, Reply, StatusReply } from '../../src/model/command.ts';
import { TsvisorError } from '../../src/model/errors.ts';

export const STATUS: StatusReply = {
  supervisor: {
    version: '0.1.0',
    identifier: 'supervisor',
    mood: 'RUNNING',
    pid: 4242,
    guardian: { pid: 4241, state: 'present', score: 0 },
    score: 0,
    containment: 'cgroup2',
    memoryController: 'v1',
    config: '/etc/supervisord.conf',
    socket: '/run/tsvisor/x/tsvisor.sock',
    runtimeDir: '/run/tsvisor/x',
    started: 1_700_000_000,
    pastLife: null,
    notices: [],
  },
  processes: [],
};

export const temporaryFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'tsvisor-api-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
};

export interface House {
  readonly api: Api;
  readonly listener: Listener;
  readonly path: string;
  readonly asked: readonly Command[];
  readonly bugs: readonly unknown[];
}

export interface HouseOptions extends Partial<SocketRequest> {
  readonly ask?: Ask;
  readonly follow?: ApiOptions['follow'];
  readonly subscribe?: ApiOptions['subscribe'];
  readonly ordered?: ApiOptions['ordered'];
  readonly denied?: ApiOptions['denied'];
}

export const SELF: ApiOptions['self'] = {
  version: '0.1.0',
  identifier: 'supervisor',
  pid: 4241,
  mood: () => 'RUNNING',
};

export const noLogs: ApiOptions['follow'] = () => {
  throw new TsvisorError('NO_FILE', { path: '' });
};

/** A real server on a real socket before a supervisor that is played. */
export const openHouse = async ({
  ask,
  follow = noLogs,
  subscribe,
  ordered,
  denied,
  ...socket
}: HouseOptions = {}): Promise<House> => {
  const asked: Command[] = [];
  const bugs: unknown[] = [];
  const play = (command: Command): Promise<Reply> => {
    asked.push(command);
    return ask === undefined ? Promise.resolve(command.verb === 'status' ? STATUS : []) : ask(command);
  };
  const api = createApi({
    ask: play,
    self: SELF,
    follow,
    bug: (error) => bugs.push(error),
    ...(ordered !== undefined && { ordered }),
    ...(denied !== undefined && { denied }),
    ...(subscribe !== undefined && { subscribe }),
  });
  onTestFinished(() => api.close());
  const path = socket.path ?? join(temporaryFolder(), 'tsvisor.sock');
  const listener = await api.listen({ ...socket, path });
  return { api, listener, path, asked, bugs };
};

export interface Got {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Null when the answer is none. */
  readonly json: unknown;
  readonly text: string;
}

export interface Sent {
  readonly method?: string;
  readonly path: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One request through node:http, so that our own client is not needed to test our own server. */
export const send = (socketPath: string, { method = 'GET', path, body, headers = {} }: Sent): Promise<Got> =>
  new Promise((resolve, reject) => {
    const outgoing = request({ socketPath, method, path, headers, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (text += chunk));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          json: (response.headers['content-type'] ?? '').includes('json') ? JSON.parse(text) : null,
          text,
        }),
      );
      response.on('error', reject);
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });

/** Raw bytes in, everything that comes back out, to the end of the connection. */
export const sendRaw = (path: string, bytes: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect(path);
    let text = '';
    socket.setEncoding('utf8');
    socket.on('data', (chunk) => (text += String(chunk)));
    socket.on('error', reject);
    socket.on('close', () => resolve(text));
    socket.write(bytes);
  });
