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
import {
  exchange,
  TIMEOUT_MS,
  unreachable,
  type ExchangeReply,
  type ExchangeRequest,
  type Timing,
} from './exchange.ts';
import { refusalFromWire } from './wire.ts';

export { TIMEOUT_MS, type Timing } from './exchange.ts';

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
    throw unreachable(socket, reason);
  }
};

/** Sends one request; a reply that is a refusal is thrown as the same refusal. */
export const ask = async (request: ExchangeRequest): Promise<unknown> => {
  const reply = await exchange(request);
  const value = parse(request.socket, reply);
  if (reply.status === 200) return value;
  throw (
    refusalFromWire(value) ??
    unreachable(
      request.socket,
      `what answers there is no tsvisor of this version, or it failed (status ${reply.status}; see its log)`,
    )
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

interface Order {
  readonly path: string;
  readonly body?: unknown;
  /** It may last as long as stopwaitsecs. */
  readonly lasts?: true;
}

interface Wire {
  readonly get: (path: string) => Promise<unknown>;
  readonly post: (order: Order) => Promise<unknown>;
  readonly strange: () => TsvisorError;
}

const wireTo = (socket: string, { timeout = TIMEOUT_MS, onSlow }: Timing): Wire => {
  const get = (path: string): Promise<unknown> => ask({ socket, method: 'GET', path, timeout, onSlow });
  return {
    get,
    async post({ path, body, lasts }) {
      // Whether anybody is there at all is asked first.
      if (lasts) await get('/healthz');
      return ask({ socket, method: 'POST', path, body, timeout: lasts ? null : timeout, onSlow });
    },
    strange: () => unreachable(socket, 'what answers there is no tsvisor of this version'),
  };
};

type PlanCalls = Pick<Client, 'reread' | 'addGroup' | 'removeGroup' | 'apply' | 'configs'>;

/** What changes the plan while it runs. */
const planCalls = ({ get, post, strange }: Wire): PlanCalls => ({
  async reread() {
    const value = await post({ path: '/api/v1/reread' });
    if (!isReread(value)) throw strange();
    return value;
  },
  async addGroup(group) {
    await post({ path: '/api/v1/add-group', body: { group } });
  },
  async removeGroup(group) {
    await post({ path: '/api/v1/remove-group', body: { group } });
  },
  async apply(options) {
    const value = await post({ path: '/api/v1/apply', body: options, lasts: true });
    if (!isApply(value)) throw strange();
    return value;
  },
  async configs() {
    const configs = configsOf(await get('/api/v1/configs'));
    if (configs === null) throw strange();
    return configs;
  },
});

export const createClient = (socket: string, timing: Timing = {}): Client => {
  const wire = wireTo(socket, timing);
  const order = async (asked: Order): Promise<readonly Outcome[]> => {
    const outcomes = outcomesOf(await wire.post(asked));
    if (outcomes === null) throw wire.strange();
    return outcomes;
  };
  const act = (path: string, names: readonly string[], { wait = true }: ActOptions = {}) =>
    order({ path, body: { names, wait }, lasts: true });
  return {
    socket,
    async status() {
      const value = await wire.get('/api/v1/status');
      if (!isStatus(value)) throw wire.strange();
      return value;
    },
    async readiness() {
      const value = await wire.get('/api/v1/readiness');
      if (!isReadiness(value)) throw wire.strange();
      return value;
    },
    start: (names, options) => act('/api/v1/start', names, options),
    stop: (names, options) => act('/api/v1/stop', names, options),
    restart: (names, options) => act('/api/v1/restart', names, options),
    signal: (names, signal) => order({ path: '/api/v1/signal', body: { names, signal } }),
    async shutdown() {
      await order({ path: '/api/v1/shutdown', body: {} });
    },
    async reload() {
      await order({ path: '/api/v1/reload', body: {} });
    },
    ...planCalls(wire),
  };
};
