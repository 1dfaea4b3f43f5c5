// Methods of tsvisor.*: every route of the JSON API, by the same table.

import type { Method } from './method.ts';
import { onWire, ROUTES, type Route } from './routes.ts';
import type { RpcValue } from './value.ts';

/** Plain data as XML-RPC has it: what is undefined or null is left out of a struct. */
const toRpc = (value: unknown): RpcValue => {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  if (Array.isArray(value)) return value.map(toRpc);
  if (typeof value !== 'object' || value === null) return null;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, toRpc(member)]));
};

const methodOf = ({ rpc, params, summary, reply, command }: Route): Method => ({
  name: rpc,
  params,
  returns: 'struct',
  help: summary,
  faults: [],
  call: async (args, { ask }) => toRpc(onWire(reply, await ask(command(args)))),
});

export const TSVISOR_METHODS: readonly Method[] = ROUTES.map(methodOf);
