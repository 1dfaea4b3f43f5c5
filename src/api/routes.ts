// What does tsvisor understand beyond supervisord's API? One table for JSON over HTTP and for tsvisor.* over XML-RPC.

import type { Command, LogReply, Reply } from '../model/command.ts';
import { TsvisorError } from '../model/errors.ts';
import { argsOf, type Args, type Param } from './params.ts';
import { parseSignal } from './signals.ts';
import { isStruct, type RpcStruct, type RpcValue } from './value.ts';

/** Names of the JSON that answers: each is one type of src/model/command.ts. */
export type ReplyKind =
  | 'status'
  | 'readiness'
  | 'processes'
  | 'configs'
  | 'reread'
  | 'apply'
  | 'log'
  | 'oom'
  | 'incidents'
  | 'outcomes';

export interface Route {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** Its name over XML-RPC. */
  readonly rpc: string;
  readonly params: readonly Param[];
  readonly summary: string;
  readonly reply: ReplyKind;
  readonly command: (args: Args) => Command;
}

/** Bytes of a log in one JSON reply; who wants more asks again with the offset of the reply. */
const MAX_LOG_BYTES = 1024 * 1024;

const NAMES: Param = {
  name: 'names',
  type: 'names',
  doc: 'Processes: `name`, `group:name`, `group:*`, `all`.',
};
const WAIT: Param = {
  name: 'wait',
  type: 'boolean',
  doc: 'Answer only when it is done (true when absent).',
  default: true,
};
const GROUP: Param = { name: 'group', type: 'string', doc: 'Name of a group.' };
const LOG: readonly Param[] = [
  { name: 'name', type: 'string', doc: "A process; empty: the supervisor's own log.", default: '' },
  { name: 'stream', type: 'string', doc: '`stdout` or `stderr`.', default: 'stdout' },
];
const OFFSET: Param = {
  name: 'offset',
  type: 'int',
  doc: 'Bytes from the beginning; negative, with length 0: the last so many bytes.',
  default: 0,
};
const LENGTH: Param = { name: 'length', type: 'int', doc: 'Bytes; at most 1 MiB are answered.', default: 0 };

const streamOf = (args: Args): 'stdout' | 'stderr' => {
  const stream = args.text('stream');
  if (stream === 'stdout' || stream === 'stderr') return stream;
  throw new TsvisorError('BAD_REQUEST', { reason: 'stream must be stdout or stderr' });
};

const readLog = (args: Args): Command => {
  const name = args.text('name');
  const [offset, length] = [args.int('offset'), args.int('length')];
  const log = { name: name === '' ? null : name, stream: streamOf(args) };
  if (offset < 0) return { verb: 'read-log', ...log, offset: Math.max(offset, -MAX_LOG_BYTES), length };
  const bounded = length === 0 ? MAX_LOG_BYTES : Math.min(length, MAX_LOG_BYTES);
  return { verb: 'read-log', ...log, offset, length: bounded };
};

type Row = Omit<Route, 'path' | 'rpc'>;

// oxfmt-ignore
const ROWS: Readonly<Record<string, Row>> = {
  status: { method: 'GET', params: [], reply: 'status', summary: 'The supervisor and every process.', command: () => ({ verb: 'status' }) },
  readiness: { method: 'GET', params: [], reply: 'readiness', summary: 'Whether everything that starts by itself is up, ready and healthy, or has completed; and what is not, and why. `/readyz` answers the same with status 200 or 503, without names to those who give no password; `/healthz` answers 200 while the supervisor lives.', command: () => ({ verb: 'readiness' }) },
  processes: { method: 'GET', params: [], reply: 'processes', summary: 'Every process as supervisord describes it: cheap enough to ask many times a second.', command: () => ({ verb: 'infos' }) },
  start: { method: 'POST', params: [NAMES, WAIT], reply: 'outcomes', summary: 'Starts the named processes.', command: (args) => ({ verb: 'start', names: args.names('names'), wait: args.flag('wait') }) },
  stop: { method: 'POST', params: [NAMES, WAIT], reply: 'outcomes', summary: 'Stops the named processes and all their members.', command: (args) => ({ verb: 'stop', names: args.names('names'), wait: args.flag('wait') }) },
  restart: { method: 'POST', params: [NAMES, WAIT], reply: 'outcomes', summary: 'Stops the named processes, then starts them.', command: (args) => ({ verb: 'restart', names: args.names('names'), wait: args.flag('wait') }) },
  signal: { method: 'POST', params: [NAMES, { name: 'signal', type: 'signal', doc: 'Name or number.' }], reply: 'outcomes', summary: 'Sends a signal to the leaders of the named processes.', command: (args) => ({ verb: 'signal', names: args.names('names'), signal: parseSignal(args.signal('signal')) }) },
  configs: { method: 'GET', params: [], reply: 'configs', summary: 'Every process as the config that was read last wants it; of its environment only the names.', command: () => ({ verb: 'configs' }) },
  reread: { method: 'POST', params: [], reply: 'reread', summary: 'Reads the config anew and tells what it changes; what runs is not touched.', command: () => ({ verb: 'reread' }) },
  apply: { method: 'POST', params: [{ name: 'dryRun', type: 'boolean', doc: 'Only tell what would be done.', default: false }], reply: 'apply', summary: 'Reads the config anew and makes it so; only what must restart restarts.', command: (args) => ({ verb: 'apply', dryRun: args.flag('dryRun') }) },
  'add-group': { method: 'POST', params: [GROUP], reply: 'outcomes', summary: 'Makes a group of the config that was read last active.', command: (args) => ({ verb: 'add-group', group: args.text('group') }) },
  'remove-group': { method: 'POST', params: [GROUP], reply: 'outcomes', summary: 'Removes an active group whose processes are all stopped.', command: (args) => ({ verb: 'remove-group', group: args.text('group') }) },
  oom: { method: 'GET', params: [{ name: 'whatIf', type: 'string', doc: 'Scores to suppose: `web=+500,db=-300`.', default: '' }, { name: 'limits', type: 'string', doc: 'Limits to suppose: `web=512M`.', default: '' }], reply: 'oom', summary: 'Whom the kernel would kill next, on the machine and under each limit.', command: (args) => ({ verb: 'oom-rank', whatIf: args.text('whatIf'), limits: args.text('limits') }) },
  incidents: { method: 'GET', params: [], reply: 'incidents', summary: 'What the OOM killer took so far, and what was done about it.', command: () => ({ verb: 'incidents' }) },
  'set-score': { method: 'POST', params: [NAMES, { name: 'score', type: 'string', doc: 'As oom_score_adj in a config.' }], reply: 'outcomes', summary: 'Gives the named processes another oom_score_adj, with all their members, now and after restarts.', command: (args) => ({ verb: 'set-score', names: args.names('names'), score: args.text('score') }) },
  'read-log': { method: 'GET', params: [...LOG, OFFSET, LENGTH], reply: 'log', summary: 'Reads a log.', command: readLog },
  'clear-log': { method: 'POST', params: [NAMES], reply: 'outcomes', summary: 'Empties the logs of the named processes.', command: (args) => ({ verb: 'clear-log', names: args.names('names') }) },
  'clear-main-log': { method: 'POST', params: [], reply: 'outcomes', summary: "Empties the supervisor's own log.", command: () => ({ verb: 'clear-log', names: null }) },
  'send-stdin': { method: 'POST', params: [{ name: 'name', type: 'string', doc: 'A process.' }, { name: 'text', type: 'string', doc: 'Sent as UTF-8.' }], reply: 'outcomes', summary: 'Writes to the stdin of a process.', command: (args) => ({ verb: 'send-stdin', name: args.text('name'), bytes: Buffer.from(args.text('text')) }) },
  'send-event': { method: 'POST', params: [{ name: 'type', type: 'string', doc: 'Goes into the header of the event.' }, { name: 'data', type: 'string', doc: 'The body of the event.' }], reply: 'outcomes', summary: 'Sends a REMOTE_COMMUNICATION event to event listeners.', command: (args) => ({ verb: 'send-event', type: args.text('type'), data: args.text('data') }) },
  shutdown: { method: 'POST', params: [], reply: 'outcomes', summary: 'Stops everything and the supervisor itself; answers at once.', command: () => ({ verb: 'shutdown' }) },
  reload: { method: 'POST', params: [], reply: 'outcomes', summary: 'Restarts the supervisor in place with its config read anew; answers at once.', command: () => ({ verb: 'reload' }) },
};

/** The one route whose answer does not end; it has no name over XML-RPC. */
export const EVENT_STREAM = {
  path: '/api/v1/events',
  summary:
    'What happens, as it happens: server-sent events, each with `seq`, `at` (epoch milliseconds), `type` and its facts. ' +
    'The first is `hello`; a client that is 1 MiB behind gets `dropped` and is cut off.',
  params: [
    { name: 'types', type: 'string', doc: 'Only these: `died,state`; empty: all.', default: '' },
  ] satisfies readonly Param[],
} as const;

const camelCase = (name: string): string =>
  name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

export const ROUTES: readonly Route[] = Object.entries(ROWS).map(([name, row]) => ({
  ...row,
  path: `/api/v1/${name}`,
  rpc: `tsvisor.${camelCase(name)}`,
}));

const TABLE: ReadonlyMap<string, Route> = new Map(
  ROUTES.map((route) => [`${route.method} ${route.path}`, route]),
);

export const findRoute = (method: string, path: string): Route => {
  const route = TABLE.get(`${method} ${path}`);
  if (route === undefined) throw new TsvisorError('UNKNOWN_ROUTE', { route: `${method} ${path}` });
  return route;
};

export interface RouteInput {
  readonly query: URLSearchParams;
  /** Parsed JSON; null when the request has no body. */
  readonly body: RpcValue;
}

const fieldsOf = (body: RpcValue): RpcStruct => {
  if (body === null) return {};
  if (isStruct(body)) return body;
  throw new TsvisorError('BAD_REQUEST', { reason: 'the body is no JSON object' });
};

/** The parameters of a GET are in its query, those of a POST in its body. Refuses with BAD_REQUEST or BAD_SIGNAL. */
export const commandOf = ({ method, params, command }: Route, { query, body }: RouteInput): Command => {
  const given = method === 'GET' ? [...query] : Object.entries(fieldsOf(body));
  return command(argsOf(params, new Map(given)));
};

const isLog = (reply: Reply): reply is LogReply => 'bytes' in reply;

const logOnWire = ({ bytes, offset, overflow }: LogReply): unknown => ({
  text: new TextDecoder().decode(bytes),
  offset,
  overflow,
});

/** The JSON of a reply: lists stand in an object, under the name of their kind. */
export const onWire = (kind: ReplyKind, reply: Reply): unknown => {
  if (Array.isArray(reply)) return { [kind]: reply };
  return isLog(reply) ? logOnWire(reply) : reply;
};
