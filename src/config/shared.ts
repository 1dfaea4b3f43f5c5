// What do all processes of one program-like section have in common?

import { PLAIN_DUTY, type Duty } from '../model/duty.ts';
import type { MemoryCare } from '../model/memory-care.ts';
import type { LoggingPlan, NotifyPlan, ProcessPlan, Account, ListenSocketPlan } from '../model/plan.ts';
import { strip } from './blanks.ts';
import type { Entries, Section } from './draft.ts';
import { PROGRAM_KEYS } from './keys.ts';
import type { Names } from './names.ts';
import { refuse } from './refusal.ts';
import type { SectionReader, Work } from './section.ts';
import { SIZE_KEYS, sizesOf } from './streams.ts';
import type { StreamSizes } from './streams.ts';

type ProgramReader = SectionReader<typeof PROGRAM_KEYS>;

/** What each process has of its own, before it is known. All plans having one shape makes copies of it cheap. */
const UNFILLED = {
  kind: 'program',
  group: '',
  program: '',
  name: '',
  command: '',
  directory: null,
  environment: {},
  stdout: { kind: 'none' },
  stderr: { kind: 'none' },
  stdoutSyslog: false,
  stderrSyslog: false,
} as const satisfies Partial<ProcessPlan>;

const loggingOf = (reader: ProgramReader, names: Names): LoggingPlan => ({
  format: reader.read('log_format', names),
  every: reader.read('log_rotate_every', names),
  compress: reader.read('log_compress', names),
  totalMax: reader.read('log_total_max', names),
  rateMax: reader.read('log_rate_max', names),
  whenFull: reader.read('log_when_full', names),
  direct: reader.read('log_direct', names),
});

const careOf = (reader: ProgramReader, names: Names): MemoryCare => ({
  oomRestart: reader.read('oom_restart', names),
  startWhen: reader.read('start_when', names),
  swapMax: reader.read('memory_swap_max', names),
  oomGroup: reader.read('memory_oom_group', names),
  limitWatch: reader.read('memory_limit_watch', names),
  onPressure: reader.read('on_pressure', names),
  tellPressure: reader.read('memory_pressure_watch', names),
  measurePss: reader.read('measure_pss', names),
});

const notifyOf = (reader: ProgramReader, names: Names): NotifyPlan | null => {
  const ready = reader.read('notify', names);
  const watchdog = reader.read('watchdog', names);
  return ready || watchdog !== null ? { ready, watchdog } : null;
};

/** Without the health checks, which each process has of its own. */
const dutyOf = (reader: ProgramReader, names: Names): Duty => {
  const schedule = reader.read('schedule', names);
  const dependsOn = reader.read('depends_on', names);
  const type = schedule === null || reader.has('type') ? reader.read('type', names) : 'oneshot';
  const plain = type === 'service' && schedule === null && dependsOn.length === 0;
  return plain ? PLAIN_DUTY : { type, dependsOn, health: null, schedule };
};

/** As of a FastCGI program: a socket with a path belongs to its user where nobody else is named. */
const socketsOf = (
  reader: ProgramReader,
  names: Names,
  { work, user }: { readonly work: Work; readonly user: Account | null },
): readonly ListenSocketPlan[] => {
  const owner = user === null || user.uid === work.reading.uid ? null : { uid: user.uid, gid: user.gid };
  const sockets = reader.read('sockets', names);
  if (owner === null) return sockets;
  return sockets.map((one) => (one.mode === null ? one : { ...one, owner: one.owner ?? owner }));
};

const ownOf = (
  reader: ProgramReader,
  names: Names,
): Pick<
  ProcessPlan,
  | 'oomScoreAdj'
  | 'oomScoreAdjRequired'
  | 'onOom'
  | 'survivors'
  | 'memoryMax'
  | 'memoryHigh'
  | 'containment'
  | 'fastDeathSecs'
  | 'restartDelayMax'
  | 'logging'
  | 'care'
  | 'notify'
  | 'duty'
> => ({
  oomScoreAdj: reader.read('oom_score_adj', names),
  oomScoreAdjRequired: reader.read('oom_score_adj_required', names),
  onOom: reader.read('on_oom', names),
  survivors: reader.read('survivors', names),
  memoryMax: reader.read('memory_max', names),
  memoryHigh: reader.read('memory_high', names),
  containment: reader.read('containment', names),
  fastDeathSecs: reader.read('fast_death_secs', names),
  restartDelayMax: reader.read('restart_delay_max', names),
  logging: loggingOf(reader, names),
  care: careOf(reader, names),
  notify: notifyOf(reader, names),
  duty: dutyOf(reader, names),
});

const serverurlOf = (reader: ProgramReader, names: Names): string | null => {
  const written = reader.read('serverurl', names);
  return written !== null && strip(written).toUpperCase() === 'AUTO' ? null : written;
};

/** Alone it slows down without an end: reclaim goes on for ever, and nobody is killed. */
export const HIGH_ALONE = refuse(
  'a soft memory limit without a hard one can make it hang for ever',
  'set the hard limit (memory_max) too, a little above it',
);

/** A oneshot is at work at once, and one with a schedule starts by the clock, unless the config says otherwise. */
const beginning = (
  reader: ProgramReader,
  names: Names,
  { type, schedule }: Duty,
): Pick<ProcessPlan, 'autostart' | 'startsecs'> => ({
  autostart: (schedule === null || reader.has('autostart')) && reader.read('autostart', names),
  startsecs: type === 'oneshot' && !reader.has('startsecs') ? 0 : reader.read('startsecs', names),
});

const readShared = (work: Work, reader: ProgramReader, names: Names): ProcessPlan => {
  const user = reader.read('user', names);
  const own = ownOf(reader, names);
  const signal = reader.read('stopsignal', names);
  const stopasgroup = reader.read('stopasgroup', names);
  if (reader.read('memory_high', names) !== null && reader.read('memory_max', names) === null)
    reader.refuse('memory_high', HIGH_ALONE);
  return {
    ...UNFILLED,
    umask: reader.read('umask', names),
    nice: reader.read('nice', names),
    ulimits: reader.read('ulimits', names),
    user,
    sockets: socketsOf(reader, names, { work, user }),
    priority: reader.read('priority', names),
    autorestart: reader.read('autorestart', names),
    ...beginning(reader, names, own.duty),
    startretries: reader.read('startretries', names),
    exitcodes: reader.read('exitcodes', names),
    stopsignal: signal.name,
    ...(signal.number === undefined ? {} : { stopsignalNumber: signal.number }),
    stopwaitsecs: reader.read('stopwaitsecs', names),
    stopasgroup,
    killasgroup: reader.read('killasgroup', names) ?? stopasgroup,
    redirectStderr: reader.read('redirect_stderr', names),
    stdoutCaptureMaxBytes: reader.read('stdout_capture_maxbytes', names),
    stderrCaptureMaxBytes: reader.read('stderr_capture_maxbytes', names),
    stdoutEvents: reader.read('stdout_events_enabled', names),
    stderrEvents: reader.read('stderr_events_enabled', names),
    serverurl: serverurlOf(reader, names),
    ...own,
  };
};

/** What the processes of one section, and of all sections that say the same, have in common. */
export interface Shared {
  /** A plan in which only what each process has of its own is missing. */
  readonly plan: ProcessPlan;
  readonly numprocs: number;
  /** First process_num. */
  readonly first: number;
  /** Null when each process has its own. */
  readonly sizes: StreamSizes | null;
}

const read = (work: Work, reader: ProgramReader, names: Names): Shared => ({
  plan: readShared(work, reader, names),
  numprocs: reader.read('numprocs', names),
  first: reader.read('numprocs_start', names),
  sizes: SIZE_KEYS.every((key) => !reader.plain(key).includes('%')) ? sizesOf(reader, names) : null,
});

/** Keys that are read once for all processes of a section. */
const SHARED_KEYS: readonly string[] = [
  ...Object.entries(PROGRAM_KEYS).flatMap(([key, { scope }]) => (scope === 'program' ? [key] : [])),
  ...SIZE_KEYS,
];

/** What stands for each of them in a mark: a NUL, which no value has, and a character. */
const SIGNS: ReadonlyMap<string, string> = new Map(
  SHARED_KEYS.map((key, index) => [key, `\0${String.fromCodePoint(index + 1)}`]),
);

/** What the shared keys say, as one text; null when a name in it makes it mean something else in every section. */
const markOf = (entries: Entries): string | null => {
  let mark = '';
  let same = true;
  entries.forEach(({ raw }, key) => {
    const sign = SIGNS.get(key);
    if (sign === undefined) return;
    if (typeof raw !== 'string' || raw.includes('%')) same = false;
    else mark += sign + raw;
  });
  return same ? mark : null;
};

const sectionMark = ({ entries, defaults }: Section): string | null => {
  const own = markOf(entries);
  if (own === null || defaults.size === 0) return own;
  const inherited = markOf(defaults);
  return inherited === null ? null : `${own}\0\0${inherited}`;
};

const known = new WeakMap<Work, Map<string, Shared>>();

/** Sections that say the same share what they say. */
export const sharedOf = (work: Work, reader: ProgramReader, names: Names): Shared => {
  const mark = sectionMark(reader.section);
  let memory = known.get(work);
  if (memory === undefined) {
    memory = new Map<string, Shared>();
    known.set(work, memory);
  }
  const found = mark === null ? undefined : memory.get(mark);
  if (found !== undefined) return found;
  const made = read(work, reader, names);
  if (mark !== null && reader.sound()) memory.set(mark, made);
  return made;
};
