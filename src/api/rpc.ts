// Which method does a call name, and what is answered? supervisor.*, system.* and tsvisor.* from one table, and nothing by reflection.

import type { Ask } from '../model/command.ts';
import { TsvisorError } from '../model/errors.ts';
import { faultOf } from './faults.ts';
import { LogText } from './log-text.ts';
import { typedAsk, type Context, type Method, type RpcResult, type Self } from './method.ts';
import { GENERAL_METHODS, refuseWhileEnding } from './methods-general.ts';
import { LOG_METHODS } from './methods-logs.ts';
import { PROCESS_METHODS } from './methods-processes.ts';
import { withSystem } from './methods-system.ts';
import { TSVISOR_METHODS } from './methods-tsvisor.ts';
import { positional } from './params.ts';
import type { RpcValue } from './value.ts';
import { readCall, writeFault, writeResponse, type Call } from './xml.ts';

export interface RpcOptions {
  readonly self: Self;
  /** Whether there is a `supervisor` namespace: a config without [rpcinterface:supervisor] has none. */
  readonly supervisor: boolean;
}

/** Bytes to send at once, a reply with a log poured into it, or a request that cannot be read. */
export type RpcAnswer =
  | { readonly bytes: Buffer }
  | { readonly head: string; readonly text: LogText; readonly tail: string }
  | { readonly malformed: string };

export interface Rpc {
  answer(body: string, ask: Ask): Promise<RpcAnswer>;
  /** Runs one call; refuses with a TsvisorError. */
  run(call: Call, context: Context): Promise<RpcResult>;
}

const SUPERVISOR_METHODS: readonly Method[] = [...GENERAL_METHODS, ...PROCESS_METHODS, ...LOG_METHODS];

const nobody = (): never => {
  throw new TsvisorError('UNKNOWN_ROUTE', { route: 'system.multicall' });
};

/** All methods of a server with or without the namespace `supervisor`; `run` makes the calls of a multicall. */
export const methodsOf = (
  { supervisor }: Pick<RpcOptions, 'supervisor'>,
  run: Rpc['run'] = nobody,
): readonly Method[] => withSystem([...(supervisor ? SUPERVISOR_METHODS : []), ...TSVISOR_METHODS], run);

/** Where the text of a log goes; no other text is in such a reply. */
const HOLE = '(log)';

const poured = (text: LogText): RpcAnswer => {
  const [head = '', tail = ''] = writeResponse(text.around(HOLE)).split(HOLE);
  return { head, text, tail };
};

/** What was written of a reply is kept as long as the reply is: clients ask for the same many times a second. */
const written = new WeakMap<object, Buffer>();

const bytesOf = (value: RpcValue): Buffer => {
  const known = typeof value === 'object' && value !== null ? written.get(value) : undefined;
  if (known !== undefined) return known;
  const bytes = Buffer.from(writeResponse(value));
  if (typeof value === 'object' && value !== null) written.set(value, bytes);
  return bytes;
};

/** What the client called the process or group that the call is about; null when it is about none. */
const givenName = ({ params }: Call): string | null => (typeof params[0] === 'string' ? params[0] : null);

export const createRpc = ({ self, supervisor }: RpcOptions): Rpc => {
  const run: Rpc['run'] = async (call, context) => {
    const method = table.get(call.method);
    if (method === undefined) throw new TsvisorError('UNKNOWN_ROUTE', { route: call.method });
    const args = positional(method.params, call.params);
    if (method.name.startsWith('supervisor.') && method.always !== true) refuseWhileEnding(self.mood());
    return method.call(args, context);
  };
  const table = new Map(methodsOf({ supervisor }, run).map((method) => [method.name, method]));
  return {
    run,
    async answer(body, ask) {
      const call = readCall(body);
      if ('malformed' in call) return call;
      try {
        const result = await run(call, { ask: typedAsk(ask), self });
        return result instanceof LogText ? poured(result) : { bytes: bytesOf(result) };
      } catch (error) {
        if (!(error instanceof TsvisorError)) throw error;
        return { bytes: Buffer.from(writeFault(faultOf(error, givenName(call)))) };
      }
    },
  };
};
