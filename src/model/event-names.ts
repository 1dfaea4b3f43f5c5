// Which events may a listener ask for? supervisord's names, and tsvisor's own in a namespace of their own.

/** supervisord's. A name that others begin with stands for all of them; EVENT stands for all of these. */
const SUPERVISOR_EVENTS = [
  'EVENT',
  'PROCESS_STATE',
  'PROCESS_STATE_STARTING',
  'PROCESS_STATE_RUNNING',
  'PROCESS_STATE_BACKOFF',
  'PROCESS_STATE_STOPPING',
  'PROCESS_STATE_EXITED',
  'PROCESS_STATE_STOPPED',
  'PROCESS_STATE_FATAL',
  'PROCESS_STATE_UNKNOWN',
  'REMOTE_COMMUNICATION',
  'PROCESS_LOG',
  'PROCESS_LOG_STDOUT',
  'PROCESS_LOG_STDERR',
  'PROCESS_COMMUNICATION',
  'PROCESS_COMMUNICATION_STDOUT',
  'PROCESS_COMMUNICATION_STDERR',
  'SUPERVISOR_STATE_CHANGE',
  'SUPERVISOR_STATE_CHANGE_RUNNING',
  'SUPERVISOR_STATE_CHANGE_STOPPING',
  'TICK',
  'TICK_5',
  'TICK_60',
  'TICK_3600',
  'PROCESS_GROUP',
  'PROCESS_GROUP_ADDED',
  'PROCESS_GROUP_REMOVED',
] as const;

/** What supervisord has no event for. Who asks for supervisord's names never sees these. */
const OWN_EVENTS = [
  'TSVISOR',
  'TSVISOR_OOM_KILLED',
  'TSVISOR_DIED',
  'TSVISOR_SWEPT',
  'TSVISOR_DELAYED',
  'TSVISOR_READINESS',
  'TSVISOR_SCHEDULED',
  'TSVISOR_SUPERVISOR_KILLED',
] as const;

export type EventName = (typeof SUPERVISOR_EVENTS)[number] | (typeof OWN_EVENTS)[number];

/** Every name that may stand in `events=`. */
export const EVENT_NAMES: readonly string[] = [...SUPERVISOR_EVENTS, ...OWN_EVENTS];

const isOwn = (name: string): boolean => name === 'TSVISOR' || name.startsWith('TSVISOR_');

/** Whether who asked for `asked` hears an event of type `name`. */
export const covers = (asked: string, name: EventName): boolean =>
  asked === name || (asked === 'EVENT' ? !isOwn(name) : name.startsWith(`${asked}_`));
