// Methods of system.*: what can be called, and many calls in one.

import { TsvisorError } from '../model/errors.ts';
import { faultOf } from './faults.ts';
import { LogText } from './log-text.ts';
import type { Context, Method, RpcResult } from './method.ts';
import type { Param, ParamType } from './params.ts';
import { isList, isStruct, type RpcValue } from './value.ts';
import type { Call } from './xml.ts';

const MAX_CALLS = 1000;
/** Characters of all replies of one multicall. */
const MAX_TEXT = 4 * 1024 * 1024;
/** Those that a value takes beside its own. */
const AROUND = 16;

const METHOD: Param = { name: 'name', type: 'string', doc: 'Name of a method, e.g. `supervisor.getState`.' };

/** supervisord's words for the types of parameters. */
const TYPE_NAMES: Readonly<Record<ParamType, string>> = {
  string: 'string',
  int: 'int',
  boolean: 'boolean',
  truth: 'boolean',
  signal: 'string',
  names: 'array',
  calls: 'array',
};

const helpOf = (method: Method): string => {
  const { params, returns, help, aliasOf } = method;
  const lines = params.map(({ name, type, doc }) => `@param ${TYPE_NAMES[type]} ${name}  ${doc}`);
  const first = aliasOf === undefined ? help : `${help} The same as ${aliasOf}.`;
  return [first, '', ...lines, `@return ${returns}`].join('\n');
};

export const signatureOf = ({ returns, params }: Method): readonly string[] => [
  returns,
  ...params.map(({ type }) => TYPE_NAMES[type]),
];

const refuseCall = (reason: string): never => {
  throw new TsvisorError('BAD_REQUEST', { reason });
};

const callOf = (entry: RpcValue): Call => {
  if (!isStruct(entry)) return refuseCall('a call is no struct');
  const { methodName: method, params = [] } = entry;
  if (method === undefined) return refuseCall('No methodName');
  if (typeof method !== 'string') return refuseCall('methodName must be a string');
  if (method === 'system.multicall') return refuseCall('Recursive system.multicall forbidden');
  return isList(params) ? { method, params } : refuseCall('params must be a list');
};

/** Makes one call in the name of whoever made the multicall. */
type Run = (call: Call, context: Context) => Promise<RpcResult>;
type RunOne = (call: Call) => Promise<RpcResult>;

const givenName = (entry: RpcValue): string | null => {
  const params = isStruct(entry) ? (entry['params'] ?? null) : null;
  return isList(params) && typeof params[0] === 'string' ? params[0] : null;
};

/** About as many characters as it has on the wire. */
const sizeOf = (value: RpcValue): number => {
  if (typeof value === 'string') return AROUND + value.length;
  if (typeof value !== 'object' || value === null) return AROUND;
  return Object.entries<RpcValue>(value).reduce(
    (sum, [name, one]) => sum + name.length + sizeOf(one),
    AROUND,
  );
};

interface Sized {
  readonly value: RpcValue;
  /** Characters that it takes of what there is for all replies. */
  readonly size: number;
}

const sized = (value: RpcValue): Sized => ({ value, size: sizeOf(value) });

const TOO_LONG: Sized = sized({
  faultCode: 30,
  faultString: 'FAILED: the reply is too long for a multicall',
});
const NOT_MADE: Sized = sized({
  faultCode: 30,
  faultString: 'FAILED: not called, the replies before it fill the multicall',
});

/** Bare values, as supervisord answers them, and not arrays of one value. */
const resultOf = async (entry: RpcValue, run: RunOne, room: number): Promise<Sized> => {
  if (room <= 0) return NOT_MADE;
  try {
    const result = await run(callOf(entry));
    if (result instanceof LogText) return sized((await result.whole(room)) ?? TOO_LONG.value);
    const reply = sized(result);
    return reply.size <= room ? reply : { ...TOO_LONG, size: room };
  } catch (error) {
    if (!(error instanceof TsvisorError)) throw error;
    const { code, text } = faultOf(error, givenName(entry));
    return sized({ faultCode: code, faultString: text });
  }
};

/** One after the other: a call that waits is waited for. */
const multicall = async (calls: RpcValue, run: RunOne): Promise<RpcValue> => {
  const entries = isList(calls) ? calls : [];
  if (entries.length > MAX_CALLS) refuseCall(`it has more than ${MAX_CALLS} calls`);
  const results: RpcValue[] = [];
  let room = MAX_TEXT;
  for (const entry of entries) {
    const { value, size } = await resultOf(entry, run, room);
    room -= size;
    results.push(value);
  }
  return results;
};

/** `methods` is read when it is asked, and then holds these methods too. */
const introspection = (methods: readonly Method[]): readonly Method[] => {
  const find = (name: string): Method => {
    const method = methods.find((one) => one.name === name);
    if (method === undefined) throw new TsvisorError('NO_SIGNATURE', { method: name });
    return method;
  };
  return [
    {
      name: 'system.listMethods',
      params: [],
      returns: 'array',
      help: 'Names of all methods, sorted.',
      faults: [],
      call: () => methods.map(({ name }) => name).toSorted(),
    },
    {
      name: 'system.methodHelp',
      params: [METHOD],
      returns: 'string',
      help: 'What a method does.',
      faults: [4],
      call: (args) => helpOf(find(args.text('name'))),
    },
    {
      name: 'system.methodSignature',
      params: [METHOD],
      returns: 'array',
      help: 'Type of the reply, then those of the parameters.',
      faults: [4],
      call: (args) => signatureOf(find(args.text('name'))),
    },
  ];
};

const multicallMethod = (run: Run): Method => ({
  name: 'system.multicall',
  params: [{ name: 'calls', type: 'calls', doc: 'Structs of methodName and params; at most 1000.' }],
  returns: 'array',
  help: 'Makes many calls, one after the other. A call that fails has a struct of faultCode and faultString in its place.',
  faults: [2],
  call: (args, context) => multicall(args.value('calls'), (call) => run(call, context)),
});

/** The other methods and those of system.*. */
export const withSystem = (others: readonly Method[], run: Run): readonly Method[] => {
  const methods: Method[] = [...others, multicallMethod(run)];
  methods.push(...introspection(methods));
  return methods;
};
