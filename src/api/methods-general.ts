// Methods of supervisor.* about the supervisor itself, its config and its groups.

import { TsvisorError } from '../model/errors.ts';
import { MOODS } from '../model/state.ts';
import type { Method } from './method.ts';
import type { Param } from './params.ts';
import { configStruct } from './structs.ts';

const GROUP: Param = { name: 'name', type: 'string', doc: 'Name of a group.' };

const version: Omit<Method, 'name'> = {
  params: [],
  returns: 'string',
  help: 'Version of this API: 3.0, as in supervisord since its own 3.0.',
  faults: [],
  call: () => '3.0',
};

const byName = (a: { readonly name: string }, b: { readonly name: string }): number =>
  a.name < b.name ? -1 : a.name > b.name ? 1 : 0;

const ABOUT: readonly Method[] = [
  { name: 'supervisor.getAPIVersion', ...version },
  { name: 'supervisor.getVersion', aliasOf: 'supervisor.getAPIVersion', ...version },
  {
    name: 'supervisor.getSupervisorVersion',
    params: [],
    returns: 'string',
    help: 'Version of tsvisor.',
    faults: [],
    call: (_, { self }) => self.version,
  },
  {
    name: 'supervisor.getIdentification',
    params: [],
    returns: 'string',
    help: 'The identifier that the config gives this supervisor.',
    faults: [],
    call: (_, { self }) => self.identifier,
  },
  {
    name: 'supervisor.getState',
    params: [],
    returns: 'struct',
    help: 'State of the supervisor itself: statecode and statename. While it stops or restarts there is fault 6 instead.',
    faults: [],
    call: (_, { self }) => ({ statecode: MOODS[self.mood()], statename: self.mood() }),
  },
  {
    name: 'supervisor.getPID',
    params: [],
    returns: 'int',
    help: 'The pid that signals are sent to; it is in the pidfile too and stays the same when the supervisor is restarted.',
    faults: [],
    call: (_, { self }) => self.pid,
  },
];

const ENDINGS: readonly Method[] = [
  {
    name: 'supervisor.shutdown',
    params: [],
    returns: 'boolean',
    help: 'Stops all processes and then the supervisor. Answers at once.',
    faults: [],
    call: async (_, { ask }) => {
      await ask({ verb: 'shutdown' });
      return true;
    },
  },
  {
    name: 'supervisor.restart',
    params: [],
    returns: 'boolean',
    help: 'Stops all processes and starts the supervisor anew with its config read again. Answers at once; a config with mistakes is refused and everything runs on.',
    faults: [92],
    call: async (_, { ask }) => {
      await ask({ verb: 'reload' });
      return true;
    },
  },
];

const CONFIG: readonly Method[] = [
  {
    name: 'supervisor.reloadConfig',
    params: [],
    returns: 'array',
    help: 'Reads the config files anew and tells which groups are new, changed and gone: [[added, changed, removed]]. What runs is not touched.',
    faults: [92],
    call: async (_, { ask }) => {
      const { added, changed, removed } = await ask({ verb: 'reread' });
      return [[added, changed, removed]];
    },
  },
  {
    name: 'supervisor.addProcessGroup',
    params: [GROUP],
    returns: 'boolean',
    help: 'Makes a group of the config that was read last active; its processes with autostart start.',
    faults: [10, 90],
    call: async (args, { ask }) => {
      await ask({ verb: 'add-group', group: args.text('name') });
      return true;
    },
  },
  {
    name: 'supervisor.removeProcessGroup',
    params: [GROUP],
    returns: 'boolean',
    help: 'Removes an active group, all of whose processes must be stopped.',
    faults: [10, 91],
    call: async (args, { ask }) => {
      await ask({ verb: 'remove-group', group: args.text('name') });
      return true;
    },
  },
  {
    name: 'supervisor.getAllConfigInfo',
    params: [],
    returns: 'array',
    help: 'One struct per process of the config that was read last, sorted by name, with `inuse` telling whether its group is active.',
    faults: [],
    call: async (_, { ask }) =>
      (await ask({ verb: 'configs' })).toSorted((a, b) => byName(a.plan, b.plan)).map(configStruct),
  },
];

const EVENTS: readonly Method[] = [
  {
    name: 'supervisor.sendRemoteCommEvent',
    params: [
      { name: 'type', type: 'string', doc: 'Goes into the header of the event.' },
      { name: 'data', type: 'string', doc: 'The body of the event.' },
    ],
    returns: 'boolean',
    help: 'Sends a REMOTE_COMMUNICATION event to the event listeners that subscribe to it.',
    faults: [],
    always: true,
    call: async (args, { ask }) => {
      await ask({ verb: 'send-event', type: args.text('type'), data: args.text('data') });
      return true;
    },
  },
];

export const GENERAL_METHODS: readonly Method[] = [...ABOUT, ...ENDINGS, ...CONFIG, ...EVENTS];

/** For every supervisor.* method that is not answered always. */
export const refuseWhileEnding = (mood: keyof typeof MOODS): void => {
  if (mood !== 'RUNNING') throw new TsvisorError('SHUTDOWN_STATE');
};
