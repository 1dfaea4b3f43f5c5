// Methods of supervisor.* about processes: what they are, starting, stopping, signals and stdin.

import type { ProcessInfo } from '../model/command.ts';
import { TsvisorError } from '../model/errors.ts';
import { namespec, parseSelector } from '../model/name.ts';
import { isSignallableState } from '../model/state.ts';
import { batchOf, isGroupForm, replyTo, specOf } from './batch.ts';
import type { FaultNumber } from './faults.ts';
import type { Context, Method } from './method.ts';
import type { Param } from './params.ts';
import { signalOf } from './signals.ts';
import { infoStruct } from './structs.ts';
import type { RpcValue } from './value.ts';

const NAME: Param = { name: 'name', type: 'string', doc: 'Name of a process: `name`, or `group:name`.' };
const ANY: Param = { ...NAME, doc: '`name` or `group:name`; `group:*` is the whole group.' };
const GROUP: Param = { name: 'name', type: 'string', doc: 'Name of a group.' };
const WAIT: Param = {
  name: 'wait',
  type: 'truth',
  doc: 'Answer only when it is done (true when absent).',
  default: true,
};
const SIGNAL: Param = { name: 'signal', type: 'signal', doc: 'Name or number: `HUP`, `SIGHUP`, `1`.' };

/** The same array for the same list, so that what was written of it can be kept. */
const structs = new WeakMap<readonly ProcessInfo[], readonly RpcValue[]>();

const allInfos = async ({ ask }: Context): Promise<readonly RpcValue[]> => {
  const infos = await ask({ verb: 'infos' });
  const known = structs.get(infos) ?? infos.map(infoStruct);
  structs.set(infos, known);
  return known;
};

const infoOf = async (name: string, { ask }: Context): Promise<ProcessInfo> => {
  const selector = parseSelector(specOf(name));
  const found = (await ask({ verb: 'infos' })).find(
    (info) => selector.kind === 'process' && info.group === selector.group && info.name === selector.name,
  );
  if (found === undefined) throw new TsvisorError('BAD_NAME', { name });
  return found;
};

const INFO: readonly Method[] = [
  {
    name: 'supervisor.getProcessInfo',
    params: [NAME],
    returns: 'struct',
    help: 'State, pid, times, logs and a description of one process.',
    faults: [10],
    call: async (args, context) => infoStruct(await infoOf(args.text('name'), context)),
  },
  {
    name: 'supervisor.getAllProcessInfo',
    params: [],
    returns: 'array',
    help: 'The struct of getProcessInfo for every process, sorted by group and name.',
    faults: [],
    call: (_, context) => allInfos(context),
  },
];

interface Orders {
  readonly verb: 'start' | 'stop';
  /** `Start` and `stop` in words. */
  readonly does: string;
  readonly faults: readonly FaultNumber[];
  /** The refusal of processes that an order to many does not apply to. */
  readonly passedOver: 'ALREADY_STARTED' | 'NOT_RUNNING';
}

const BATCH = 'Answers one struct (name, group, status, description) per process that it applies to.';

const orders = ({ verb, does, faults, passedOver }: Orders): readonly Method[] => [
  {
    name: `supervisor.${verb}Process`,
    params: [ANY, WAIT],
    returns: 'boolean',
    help: `${does} a process. For \`group:*\` the answer is that of ${verb}ProcessGroup.`,
    faults,
    call: async (args, { ask }) => {
      const name = args.text('name');
      const outcomes = await ask({ verb, names: [specOf(name)], wait: args.flag('wait') });
      return replyTo(name, outcomes, passedOver);
    },
  },
  {
    name: `supervisor.${verb}ProcessGroup`,
    params: [GROUP, WAIT],
    returns: 'array',
    help: `${does} all processes of a group. ${BATCH}`,
    faults: [10],
    call: async (args, { ask }) =>
      batchOf(await ask({ verb, names: [`${args.text('name')}:*`], wait: args.flag('wait') }), passedOver),
  },
  {
    name: `supervisor.${verb}AllProcesses`,
    params: [WAIT],
    returns: 'array',
    help: `${does} all processes, those without autostart too. ${BATCH}`,
    faults: [],
    call: async (args, { ask }) =>
      batchOf(await ask({ verb, names: ['all'], wait: args.flag('wait') }), passedOver),
  },
];

const ORDERS: readonly Method[] = [
  ...orders({
    verb: 'start',
    does: 'Starts',
    faults: [10, 20, 21, 30, 40, 50, 60],
    passedOver: 'ALREADY_STARTED',
  }),
  ...orders({ verb: 'stop', does: 'Stops', faults: [10, 30, 70], passedOver: 'NOT_RUNNING' }),
];

const inGroup = (info: ProcessInfo, names: string): boolean => {
  const selector = parseSelector(names);
  return selector.kind === 'all' || selector.group === info.group;
};

/** A signal that does not exist is the fault of each process that would have got it. */
const refuseSignal = async (names: string, signal: string, context: Context): Promise<RpcValue> => {
  const selector = parseSelector(names);
  const error = new TsvisorError('BAD_SIGNAL', { signal });
  if (selector.kind === 'process') {
    await infoOf(names, context);
    throw error;
  }
  const infos = (await context.ask({ verb: 'infos' })).filter((info) => inGroup(info, names));
  if (infos.length === 0 && selector.kind === 'group') throw new TsvisorError('BAD_GROUP', { name: names });
  const outcomes = infos
    .filter(({ state }) => isSignallableState(state))
    .map(({ group, name }) => ({
      process: { group, name },
      ok: false,
      code: error.code,
      message: error.message,
      facts: { ...error.facts, name: namespec({ group, name }) },
    }));
  return batchOf(outcomes, 'NOT_RUNNING');
};

const sendSignal = async (names: string, text: string, context: Context): Promise<RpcValue> => {
  const signal = signalOf(text);
  if (signal === null) return refuseSignal(names, text, context);
  return replyTo(names, await context.ask({ verb: 'signal', names: [names], signal }), 'NOT_RUNNING');
};

const SIGNALS: readonly Method[] = [
  {
    name: 'supervisor.signalProcess',
    params: [ANY, SIGNAL],
    returns: 'boolean',
    help: 'Sends a signal to the leader of a process. For `group:*` the answer is that of signalProcessGroup.',
    faults: [10, 11, 30, 70],
    call: (args, context) => sendSignal(specOf(args.text('name')), args.signal('signal'), context),
  },
  {
    name: 'supervisor.signalProcessGroup',
    params: [GROUP, SIGNAL],
    returns: 'array',
    help: `Sends a signal to the leaders of all processes of a group. ${BATCH}`,
    faults: [10],
    call: (args, context) => sendSignal(`${args.text('name')}:*`, args.signal('signal'), context),
  },
  {
    name: 'supervisor.signalAllProcesses',
    params: [SIGNAL],
    returns: 'array',
    help: `Sends a signal to the leaders of all processes. ${BATCH}`,
    faults: [],
    call: async (args, context) => {
      const text = args.signal('signal');
      const signal = signalOf(text);
      if (signal === null) return refuseSignal('all', text, context);
      return batchOf(await context.ask({ verb: 'signal', names: ['all'], signal }), 'NOT_RUNNING');
    },
  },
];

const STDIN: readonly Method[] = [
  {
    name: 'supervisor.sendProcessStdin',
    params: [NAME, { name: 'chars', type: 'string', doc: 'Sent as UTF-8.' }],
    returns: 'boolean',
    help: 'Writes to the stdin of a process. A full pipe is waited for; a program that reads nothing for 5 s gives fault 30.',
    faults: [2, 10, 20, 30, 70],
    call: async (args, { ask }) => {
      const name = args.text('name');
      if (isGroupForm(name)) throw new TsvisorError('BAD_NAME', { name });
      await ask({ verb: 'send-stdin', name: specOf(name), bytes: Buffer.from(args.text('chars')) });
      return true;
    },
  },
];

export const PROCESS_METHODS: readonly Method[] = [...INFO, ...ORDERS, ...SIGNALS, ...STDIN];
