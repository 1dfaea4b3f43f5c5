// How does a program ask a running tsvisor? The typed client behind the command line and the package's door.

import type {
  ApplyReply,
  ConfigReply,
  Outcome,
  RereadReply,
  StatusReply,
  ReadinessReply,
} from '../model/command.ts';
import { TsvisorError } from '../model/errors.ts';
import { exchange, type ExchangeReply, type ExchangeRequest } from './exchange.ts';
import { refusalFromWire } from './wire.ts';

/** Milliseconds in which a healthy supervisor has answered anything that does not wait for processes. */
const TIMEOUT_MS = 2000;

/** Reading a config of many files on a busy machine takes longer. */
const READING_MS = 30_000;

export interface ActOptions {
  /** Answer only when the processes have reached the wanted state; true when absent. */
  readonly wait?: boolean;
}

/** Every call refuses with a TsvisorError: NOT_RUNNING_HERE, NO_ANSWER, or what the supervisor refused with. */
export interface Client {
  /** Path of the control socket. */
  readonly socket: string;
  status(): Promise<StatusReply>;
  readiness(): Promise<ReadinessReply>;
  /** Names as supervisord's: `name`, `group:name`, `group:*`, `all`. */
  start(names: readonly string[], options?: ActOptions): Promise<readonly Outcome[]>;
  stop(names: readonly string[], options?: ActOptions): Promise<readonly Outcome[]>;
  restart(names: readonly string[], options?: ActOptions): Promise<readonly Outcome[]>;
  /** `signal` is a name or a number: `HUP`, `SIGHUP`, `1`. */
  signal(names: readonly string[], signal: string): Promise<readonly Outcome[]>;
  /** Answers when the supervisor has begun to stop. */
  shutdown(): Promise<void>;
  /** Answers when the supervisor has begun to restart in place. */
  reload(): Promise<void>;
  /** Reads the config anew; answers the names of groups. Refuses with BAD_CONFIG. */
  reread(): Promise<RereadReply>;
  addGroup(group: string): Promise<void>;
  /** Every process of it must be at rest. */
  removeGroup(group: string): Promise<void>;
  /** Reads the config anew and makes it so; with `dryRun` only tells what that would take. */
  apply(options: { readonly dryRun: boolean }): Promise<ApplyReply>;
  /** Every process as the config that was read last wants it. */
  configs(): Promise<readonly ConfigReply[]>;
}

const parse = (socket: string, { body }: ExchangeReply): unknown => {
  try {
    return JSON.parse(body);
  } catch (error) {
    const reason = `what answers there is no tsvisor (${error instanceof Error ? error.name : 'no JSON'})`;
    throw new TsvisorError('NOT_RUNNING_HERE', { socket, reason });
  }
};

/** Sends one request; a reply that is a refusal is thrown as the same refusal. */
export const ask = async (request: ExchangeRequest): Promise<unknown> => {
  const reply = await exchange(request);
  const value = parse(request.socket, reply);
  if (reply.status === 200) return value;
  throw (
    refusalFromWire(value) ??
    new TsvisorError('NOT_RUNNING_HERE', {
      socket: request.socket,
      reason: `what answers there is no tsvisor of this version, or it failed (status ${reply.status}; see its log)`,
    })
  );
};

const isStatus = (value: unknown): value is StatusReply =>
  typeof value === 'object' && value !== null && 'supervisor' in value && 'processes' in value;

const isReadiness = (value: unknown): value is ReadinessReply =>
  typeof value === 'object' && value !== null && 'ready' in value && 'waiting' in value;

const isReread = (value: unknown): value is RereadReply =>
  typeof value === 'object' && value !== null && 'added' in value && 'removed' in value;

const isApply = (value: unknown): value is ApplyReply =>
  typeof value === 'object' && value !== null && 'steps' in value && 'applied' in value;

const configsOf = (value: unknown): readonly ConfigReply[] | null =>
  typeof value === 'object' && value !== null && 'configs' in value && Array.isArray(value.configs)
    ? value.configs
    : null;

const outcomesOf = (value: unknown): readonly Outcome[] | null =>
  typeof value === 'object' && value !== null && 'outcomes' in value && Array.isArray(value.outcomes)
    ? value.outcomes
    : null;

const strange = (socket: string): TsvisorError =>
  new TsvisorError('NOT_RUNNING_HERE', {
    socket,
    reason: 'what answers there is no tsvisor of this version',
  });

const refuse = (refusal: TsvisorError): never => {
  throw refusal;
};

type PlanCalls = Pick<Client, 'reread' | 'addGroup' | 'removeGroup' | 'apply' | 'configs'>;

/** What changes the plan while it runs. */
const planCalls = (socket: string): PlanCalls => ({
  async reread() {
    const value = await ask({ socket, method: 'POST', path: '/api/v1/reread', timeout: READING_MS });
    return isReread(value) ? value : refuse(strange(socket));
  },
  async addGroup(group) {
    await ask({ socket, method: 'POST', path: '/api/v1/add-group', body: { group }, timeout: TIMEOUT_MS });
  },
  async removeGroup(group) {
    await ask({
      socket,
      method: 'POST',
      path: '/api/v1/remove-group',
      body: { group },
      timeout: TIMEOUT_MS,
    });
  },
  async apply(options) {
    await ask({ socket, method: 'GET', path: '/healthz', timeout: TIMEOUT_MS });
    const value = await ask({
      socket,
      method: 'POST',
      path: '/api/v1/apply',
      body: options,
      timeout: null,
    });
    return isApply(value) ? value : refuse(strange(socket));
  },
  async configs() {
    const value = await ask({ socket, method: 'GET', path: '/api/v1/configs', timeout: TIMEOUT_MS });
    return configsOf(value) ?? refuse(strange(socket));
  },
});

export const createClient = (socket: string): Client => {
  const post = async (path: string, body: unknown, timeout: number | null): Promise<readonly Outcome[]> => {
    const outcomes = outcomesOf(await ask({ socket, method: 'POST', path, body, timeout }));
    if (outcomes === null) throw strange(socket);
    return outcomes;
  };
  /** A call that may last as long as stopwaitsecs: whether anybody is there at all is asked first. */
  const act = async (path: string, body: unknown): Promise<readonly Outcome[]> => {
    await ask({ socket, method: 'GET', path: '/healthz', timeout: TIMEOUT_MS });
    return post(path, body, null);
  };
  return {
    socket,
    async status() {
      const value = await ask({ socket, method: 'GET', path: '/api/v1/status', timeout: TIMEOUT_MS });
      if (!isStatus(value)) throw strange(socket);
      return value;
    },
    async readiness() {
      const value = await ask({ socket, method: 'GET', path: '/api/v1/readiness', timeout: TIMEOUT_MS });
      if (!isReadiness(value)) throw strange(socket);
      return value;
    },
    start: (names, { wait = true } = {}) => act('/api/v1/start', { names, wait }),
    stop: (names, { wait = true } = {}) => act('/api/v1/stop', { names, wait }),
    restart: (names, { wait = true } = {}) => act('/api/v1/restart', { names, wait }),
    signal: (names, signal) => post('/api/v1/signal', { names, signal }, TIMEOUT_MS),
    async shutdown() {
      await post('/api/v1/shutdown', {}, TIMEOUT_MS);
    },
    async reload() {
      await post('/api/v1/reload', {}, TIMEOUT_MS);
    },
    ...planCalls(socket),
  };
};
