// What stands in for a supervisor when only its pages are tested? Made-up processes behind a real HTTP server.

import { createServer, request, type IncomingHttpHeaders } from 'node:http';
import { onTestFinished } from 'vitest';
import type { Command, ProcessStatus, SupervisorStatus } from '../../src/model/command.ts';
import type { ProcessSummary } from '../../src/model/process-summary.ts';
import type { Event } from '../../src/model/event.ts';
import type { Incident } from '../../src/model/oom-report.ts';
import type { Backend, Point } from '../../src/web/backend.ts';
import { createWeb } from '../../src/web/router.ts';

const ABOUT: SupervisorStatus = {
  version: '1.2.3',
  identifier: 'stage',
  mood: 'RUNNING',
  pid: 10,
  guardian: { pid: 9, state: 'present', score: -900 },
  score: -900,
  containment: 'cgroup2',
  memoryController: 'v2',
  config: '/etc/x.conf',
  socket: '/run/x.sock',
  runtimeDir: '/run/x',
  started: 1_700_000_000,
  pastLife: null,
  notices: [],
};

export const statusOf = (news: Partial<ProcessStatus>): ProcessStatus => ({
  group: 'web',
  name: 'web',
  state: 'RUNNING',
  phase: 'running',
  description: 'pid 5, uptime 0:00:05',
  pid: 5,
  start: 1_700_000_000,
  stop: 0,
  uptime: 65,
  exit: null,
  spawnError: '',
  restarts: 2,
  score: { requested: 0, effective: 0, refusal: null },
  containment: 'cgroup2',
  memory: 1_048_576,
  cpu: 0,
  members: 1,
  memoryMax: null,
  readiness: null,
  duty: null,
  lastDeath: null,
  stdoutLog: '',
  stderrLog: '',
  ...news,
});

const summaryOf = (status: ProcessStatus): ProcessSummary => ({
  ...status,
  since: status.uptime === 0 ? 0 : status.start,
  why: status.state === 'FATAL' ? status.description : '',
});

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

interface Asking {
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly form?: Readonly<Record<string, string>>;
}

export interface Stage {
  readonly state: {
    statuses: ProcessStatus[];
    about: SupervisorStatus;
    histories: Record<string, readonly Point[]>;
    incidents: readonly Incident[];
  };
  readonly commands: Command[];
  readonly bugs: unknown[];
  readonly port: number;
  announce(event: Event): void;
  /** Subscribers now. */
  listeners(): number;
  ask(path: string, asking?: Asking): Promise<Answer>;
}

const answersOf = (command: Command, incidents: readonly Incident[]): unknown => {
  if (command.verb === 'read-log')
    return { bytes: new TextEncoder().encode('<i>one</i>\n'), offset: 11, overflow: false };
  if (command.verb === 'incidents') return { folder: '/', incidents };
  if (command.verb === 'oom-rank')
    return { memory: { total: 1, swap: 0, available: null }, kernel: '6.1.0', assumed: [], domains: [] };
  if ('names' in command && command.names !== null)
    return command.names.map((name) => ({
      process: { group: name, name },
      ok: true,
      code: null,
      message: `${command.verb} begun`,
    }));
  return [];
};

export const openStage = async ({ readOnly = false } = {}): Promise<Stage> => {
  const state: Stage['state'] = { statuses: [statusOf({})], about: ABOUT, histories: {}, incidents: [] };
  const commands: Command[] = [];
  const bugs: unknown[] = [];
  const hearers = new Set<(event: Event) => void>();
  const backend: Backend = {
    about: () => state.about,
    look: async () => undefined,
    statuses: () => state.statuses,
    summaries: () => state.statuses.map(summaryOf),
    history: (key) => state.histories[key] ?? [],
    ask: (async (command: Command) => {
      commands.push(command);
      return answersOf(command, state.incidents);
    }) as Backend['ask'],
    subscribe: (hear) => {
      hearers.add(hear);
      return () => hearers.delete(hear);
    },
    onBug: (bug) => bugs.push(bug),
  };
  const web = createWeb(backend);
  const server = createServer((incoming, response) => {
    const [path = '/', query = ''] = (incoming.url ?? '/').split('?', 2);
    web(incoming, response, {
      path: decodeURIComponent(path),
      query,
      readOnly,
      ask: backend.ask,
    }).then(
      (found) => found || response.writeHead(404).end(),
      (bug: unknown) => {
        bugs.push(bug);
        response.destroy();
      },
    );
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    state,
    commands,
    bugs,
    port,
    announce: (event) => hearers.forEach((hear) => hear(event)),
    listeners: () => hearers.size,
    ask: (path, { method = 'GET', headers = {}, form } = {}) =>
      new Promise((resolve, reject) => {
        const body = form === undefined ? '' : new URLSearchParams(form).toString();
        const sent = request(
          {
            port,
            host: '127.0.0.1',
            path,
            method,
            headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
          },
          (reply) => {
            let text = '';
            reply.setEncoding('utf8').on('data', (piece: string) => (text += piece));
            reply.on('end', () => resolve({ status: reply.statusCode ?? 0, headers: reply.headers, text }));
          },
        );
        sent.on('error', reject);
        sent.end(body);
      }),
  };
};

/** What a browser keeps of a visit: the cookie, and the token of the form. */
export const visit = async (stage: Stage): Promise<{ readonly cookie: string; readonly token: string }> => {
  const { headers, text } = await stage.ask('/');
  const cookie = (headers['set-cookie'] ?? []).map((one) => one.split(';')[0]).join('; ');
  return { cookie, token: /name="token" value="([^"]+)"/.exec(text)?.[1] ?? '' };
};
