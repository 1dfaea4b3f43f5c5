// Which groups are there, in which order? Those the config names, and one for every program that no group claims.

import type { SharedSocketPlan, GroupPlan, ListenerPlan, Ownership } from '../model/plan.ts';
import { codePointOrder } from './blanks.ts';
import { sectionsNamed, suffixOf } from './draft.ts';
import type { Section } from './draft.ts';
import { FCGI_KEYS, GROUP_KEYS, LISTENER_KEYS, OWN_KEYS, PROGRAM_KEYS } from './keys.ts';
import { namesIn } from './names.ts';
import type { Names } from './names.ts';
import { absolutePath } from './paths.ts';
import { entryPoint } from './plugins.ts';
import { nameOf, processesOf } from './programs.ts';
import { HIGH_ALONE } from './shared.ts';
import type { Setting } from './programs.ts';
import { isRefusal, refuse } from './refusal.ts';
import { readerOf } from './section.ts';
import type { SectionReader, Work } from './section.ts';

/** Everything the config makes of groups, in one pass; `claimed` are sections that have lost their own group. */
interface Gathering {
  readonly work: Work;
  readonly setting: Setting;
  readonly claimed: Set<string>;
  readonly names: Names;
}

/** A member's section with tsvisor's own keys of its group behind its own. */
const withKeysOf = (section: Section, group: Section): Section => {
  const inherited = [...group.entries].filter(([key]) => key in OWN_KEYS);
  return inherited.length === 0
    ? section
    : { ...section, entries: new Map([...inherited, ...section.entries]) };
};

const memberSection = (
  gathering: Gathering,
  reader: SectionReader<typeof GROUP_KEYS>,
  program: string,
): Section | null => {
  const { sections } = gathering.work.draft;
  const plain = sections.get(`program:${program}`);
  const fcgi = sections.get(`fcgi-program:${program}`);
  if (plain !== undefined && fcgi !== undefined) {
    reader.refuse('programs', refuse(`'${program}' is both a program and an fcgi-program`, 'rename one'));
  }
  if (plain === undefined && fcgi !== undefined) {
    const hint = 'take it out of the group, or list the socket under `sockets` of a plain program';
    reader.warn(
      'programs',
      `'${program}' shares no socket here: in a group it is a plain program, as under supervisord`,
      hint,
    );
  }
  const found = plain ?? fcgi ?? null;
  if (found === null) {
    const hint = program === '' ? 'there is a comma too many' : 'define it, or take it out of the group';
    reader.refuse('programs', refuse(`there is no program '${program}'`, hint));
  }
  return found;
};

const limitsOf = (reader: SectionReader<typeof GROUP_KEYS>, names: Names): Pick<GroupPlan, 'limits'> => {
  const max = reader.read('group_memory_max', names);
  const high = reader.read('group_memory_high', names);
  if (high !== null && max === null) reader.refuse('group_memory_high', HIGH_ALONE);
  return max === null && high === null ? {} : { limits: { max, high } };
};

const namedGroup = (gathering: Gathering, section: Section): GroupPlan | null => {
  const { work, names, setting, claimed } = gathering;
  const reader = readerOf(work, section, GROUP_KEYS);
  const name = nameOf(suffixOf(section));
  if (isRefusal(name)) {
    reader.refuse('', name);
    return null;
  }
  const programs = reader.read('programs', names);
  const priority = reader.read('priority', names);
  const members = programs
    .map((program) => memberSection(gathering, reader, program))
    .filter((member) => member !== null);
  const processes = members.flatMap((member) => {
    claimed.add(member.name);
    const keys = readerOf(work, withKeysOf(member, section), PROGRAM_KEYS);
    return processesOf(work, keys, { group: name, kind: 'program', setting });
  });
  return { name, priority, kind: 'group', ...limitsOf(reader, names), processes };
};

const implicitGroup = (gathering: Gathering, section: Section): GroupPlan | null => {
  const { work, names, setting } = gathering;
  const reader = readerOf(work, section, PROGRAM_KEYS);
  const name = nameOf(suffixOf(section));
  if (isRefusal(name)) {
    reader.refuse('', name);
    return null;
  }
  const priority = reader.read('priority', names);
  return {
    name,
    priority,
    kind: 'program',
    processes: processesOf(work, reader, { group: name, kind: 'program', setting }),
  };
};

const listenerOf = (reader: SectionReader<typeof LISTENER_KEYS>, names: Names): ListenerPlan => {
  const bufferSize = reader.read('buffer_size', names);
  const events = reader.read('events', names);
  const resultHandler = reader.read('result_handler', names);
  if (bufferSize < 1) reader.refuse('buffer_size', refuse(`${bufferSize} is too small`, 'at least 1'));
  if (events.length === 0) reader.refuse('events', refuse('it asks for no events', 'events=PROCESS_STATE'));
  const handler = entryPoint(resultHandler);
  if (isRefusal(handler)) reader.refuse('result_handler', handler);
  if (handler === 'theirs') {
    const hint = 'the default takes its place: OK accepts an event, anything else rejects it';
    reader.warn('result_handler', `cannot load ${resultHandler}: it is a Python plugin`, hint);
  }
  if (reader.read('redirect_stderr', names)) {
    reader.refuse(
      'redirect_stderr',
      refuse("a listener's stdout is the event protocol", 'leave redirect_stderr out'),
    );
  }
  return { events, bufferSize, resultHandler };
};

const listenerPool = (gathering: Gathering, section: Section): GroupPlan => {
  const { work, names, setting } = gathering;
  const reader = readerOf(work, section, LISTENER_KEYS);
  const name = suffixOf(section);
  // A pool starts before everything else and stops after it, unless told otherwise; its processes keep 999.
  const priority = reader.has('priority') ? reader.read('priority', names) : -1;
  const listener = listenerOf(reader, names);
  const processes = processesOf(work, reader, { group: name, kind: 'eventlistener', setting });
  return { name, priority, kind: 'eventlistener', processes, listener };
};

const TCP = /^tcp:\/\/([^\s:]+):(\d+)$/;

const unixSocket = (
  work: Work,
  url: string,
  given: {
    readonly owner: Ownership | null;
    readonly mode: number | null;
    readonly backlog: number | null;
    readonly user: Ownership | null;
  },
): SharedSocketPlan => {
  const owner =
    given.owner ?? (given.user === null || given.user.uid === work.reading.uid ? null : given.user);
  return {
    url: `unix://${absolutePath(url.slice('unix://'.length), work.reading)}`,
    backlog: given.backlog,
    mode: given.mode ?? 0o700,
    owner: owner === null ? null : { uid: owner.uid, gid: owner.gid },
  };
};

const socketOf = (
  work: Work,
  reader: SectionReader<typeof FCGI_KEYS>,
  names: { readonly here: Names; readonly program: Names },
): SharedSocketPlan => {
  const user = reader.read('user', names.here);
  const backlog = reader.read('socket_backlog', names.here);
  const owner = reader.read('socket_owner', names.here);
  const mode = reader.read('socket_mode', names.here);
  const url = reader.read('socket', names.program) ?? '';
  const bad = (reason: string): SharedSocketPlan => {
    reader.refuse('socket', refuse(reason, 'unix:///absolute/path or tcp://host:port'));
    return { url, backlog, mode, owner };
  };
  if (backlog !== null && (backlog < 1 || backlog > 65_535)) {
    reader.refuse('socket_backlog', refuse(`${backlog} is out of range`, 'from 1 to 65535'));
  }
  if (url === '')
    return reader.has('socket') && url !== '' ? { url, backlog, mode, owner } : bad('it has no socket');
  if (url.startsWith('unix://')) {
    return url.startsWith('unix:///')
      ? unixSocket(work, url, { owner, mode, backlog, user })
      : bad(`the path in '${url}' is not absolute`);
  }
  if (owner !== null || mode !== null) return bad('socket_owner and socket_mode are for unix sockets only');
  const tcp = TCP.exec(url);
  const port = Number(tcp?.[2]);
  if (tcp === null || port < 1 || port > 65_535) return bad(`'${url}' is not a socket`);
  return { url: `tcp://${(tcp[1] ?? '').toLowerCase()}:${port}`, backlog, mode: null, owner: null };
};

const fcgiGroup = (gathering: Gathering, section: Section): GroupPlan | null => {
  const { work, names, setting } = gathering;
  const reader = readerOf(work, section, FCGI_KEYS);
  const name = nameOf(suffixOf(section));
  if (isRefusal(name)) {
    reader.refuse('', name);
    return null;
  }
  const priority = reader.read('priority', names);
  const socket = socketOf(work, reader, {
    here: names,
    program: [namesIn({ program_name: name }), ...names],
  });
  const processes = processesOf(work, reader, { group: name, kind: 'fcgi-program', setting });
  return { name, priority, kind: 'fcgi-program', processes, socket };
};

/** All groups by priority, then name; of one name there may be several here, see distinct.ts. */
export const groupsOf = (work: Work, setting: Setting): GroupPlan[] => {
  const gathering: Gathering = {
    work,
    setting,
    claimed: new Set(),
    names: [namesIn({ here: work.here }), work.env],
  };
  const each = (
    prefix: string,
    make: (gathering: Gathering, section: Section) => GroupPlan | null,
  ): GroupPlan[] =>
    sectionsNamed(work.draft, prefix)
      .filter((section) => !gathering.claimed.has(section.name))
      .map((section) => make(gathering, section))
      .filter((group) => group !== null);
  const groups = [
    ...each('group:', namedGroup),
    ...each('program:', implicitGroup),
    ...each('eventlistener:', listenerPool),
    ...each('fcgi-program:', fcgiGroup),
  ];
  const order = codePointOrder(groups.map(({ name }) => name));
  return groups.toSorted((a, b) => a.priority - b.priority || order(a.name, b.name));
};
