// Methods of supervisor.* about logs: reading, tailing, clearing.

import { TsvisorError } from '../model/errors.ts';
import { batchOf, isGroupForm, specOf } from './batch.ts';
import { sizeOfLog, textOfLog, type LogName } from './log-text.ts';
import type { Context, Method, RpcResult } from './method.ts';
import type { Args, Param } from './params.ts';

const NAME: Param = { name: 'name', type: 'string', doc: 'Name of a process: `name`, or `group:name`.' };
const OFFSET: Param = {
  name: 'offset',
  type: 'int',
  doc: 'Bytes from the beginning; negative, with length 0: the last so many bytes.',
};
const LENGTH: Param = { name: 'length', type: 'int', doc: 'Bytes; 0: to the end.' };

const refuse = (): never => {
  throw new TsvisorError('BAD_ARGUMENTS', { reason: 'offset and length make no sense together' });
};

const rangeOf = (size: number, offset: number, length: number): { start: number; length: number } => {
  if (offset < 0 ? length !== 0 : length < 0) return refuse();
  const start = offset < 0 ? Math.max(0, size + offset) : Math.min(offset, size);
  const rest = size - start;
  return { start, length: offset < 0 || length === 0 ? rest : Math.min(length, rest) };
};

const processLog = (args: Args, stream: LogName['stream']): LogName => {
  const name = args.text('name');
  if (isGroupForm(name)) throw new TsvisorError('BAD_NAME', { name });
  return { name: specOf(name), stream };
};

const read = async (log: LogName, args: Args, context: Context): Promise<RpcResult> => {
  const size = await sizeOfLog(context.ask, log);
  const range = rangeOf(size, args.int('offset'), args.int('length'));
  return textOfLog(context, { log, ...range, around: (text) => text });
};

/** supervisord's rule: the last `length` bytes, wherever `offset` points before the end. */
const tail = async (log: LogName, args: Args, context: Context): Promise<RpcResult> => {
  const [offset, length] = [args.int('offset'), args.int('length')];
  try {
    const size = await sizeOfLog(context.ask, log);
    const overflow = size > offset + length;
    const wanted = offset >= size || length <= 0 ? 0 : Math.min(length, size);
    const range = { start: size - wanted, length: wanted };
    return await textOfLog(context, { log, ...range, around: (text) => [text, size, overflow] });
  } catch (error) {
    if (!(error instanceof TsvisorError)) throw error;
    if (error.code === 'NO_FILE') return ['', 0, false];
    if (error.code === 'LOG_FAILED') return ['', offset, false];
    throw error;
  }
};

const MAIN: LogName = { name: null, stream: 'stdout' };

const readLog: Omit<Method, 'name'> = {
  params: [OFFSET, LENGTH],
  returns: 'string',
  help: "Reads the supervisor's own log.",
  faults: [3, 20, 30],
  call: (args, context) => read(MAIN, args, context),
};

const readOf = (stream: LogName['stream']): Omit<Method, 'name'> => ({
  params: [NAME, OFFSET, LENGTH],
  returns: 'string',
  help: `Reads the ${stream} log of a process.`,
  faults: [3, 10, 20, 30],
  call: (args, context) => read(processLog(args, stream), args, context),
});

const tailOf = (stream: LogName['stream']): Omit<Method, 'name'> => ({
  params: [
    NAME,
    { ...OFFSET, doc: 'Where the last call ended: bytes.' },
    { ...LENGTH, doc: 'Bytes at most.' },
  ],
  returns: 'array',
  help: `The end of the ${stream} log of a process: [text, size of the log, overflow]. The text is empty when the log has not grown past offset; overflow says that more than length bytes have come since.`,
  faults: [10],
  call: (args, context) => tail(processLog(args, stream), args, context),
});

const clear: Omit<Method, 'name'> = {
  params: [NAME],
  returns: 'boolean',
  help: 'Empties both logs of a process. Devices and pipes are left alone.',
  faults: [10, 30],
  call: async (args, { ask }) => {
    const { name } = processLog(args, 'stdout');
    const [outcome] = await ask({ verb: 'clear-log', names: [name ?? ''] });
    if (outcome?.code != null) throw new TsvisorError(outcome.code, outcome.facts);
    return true;
  },
};

const READ = { stdout: readOf('stdout'), stderr: readOf('stderr') };
const TAIL = { stdout: tailOf('stdout'), stderr: tailOf('stderr') };

export const LOG_METHODS: readonly Method[] = [
  { name: 'supervisor.readLog', ...readLog },
  { name: 'supervisor.readMainLog', aliasOf: 'supervisor.readLog', ...readLog },
  {
    name: 'supervisor.clearLog',
    params: [],
    returns: 'boolean',
    help: "Empties the supervisor's own log.",
    faults: [20, 30],
    call: async (_, { ask }) => {
      await ask({ verb: 'clear-log', names: null });
      return true;
    },
  },
  { name: 'supervisor.readProcessStdoutLog', ...READ.stdout },
  { name: 'supervisor.readProcessLog', aliasOf: 'supervisor.readProcessStdoutLog', ...READ.stdout },
  { name: 'supervisor.readProcessStderrLog', ...READ.stderr },
  { name: 'supervisor.tailProcessStdoutLog', ...TAIL.stdout },
  { name: 'supervisor.tailProcessLog', aliasOf: 'supervisor.tailProcessStdoutLog', ...TAIL.stdout },
  { name: 'supervisor.tailProcessStderrLog', ...TAIL.stderr },
  { name: 'supervisor.clearProcessLogs', ...clear },
  { name: 'supervisor.clearProcessLog', aliasOf: 'supervisor.clearProcessLogs', ...clear },
  {
    name: 'supervisor.clearAllProcessLogs',
    params: [],
    returns: 'array',
    help: 'Empties the logs of all processes. Answers one struct (name, group, status, description) per process.',
    faults: [],
    call: async (_, { ask }) => batchOf(await ask({ verb: 'clear-log', names: ['all'] }), 'NOT_RUNNING'),
  },
];
