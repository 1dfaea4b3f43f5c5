// Which words and numbers does the outside know? supervisord's eight states and its supervisor moods.

export const STATES = {
  STOPPED: 0,
  STARTING: 10,
  RUNNING: 20,
  BACKOFF: 30,
  STOPPING: 40,
  EXITED: 100,
  FATAL: 200,
  UNKNOWN: 1000,
} as const;

export type State = keyof typeof STATES;

const RUNNING_STATES: ReadonlySet<State> = new Set<State>(['STARTING', 'RUNNING', 'BACKOFF']);
const STOPPED_STATES: ReadonlySet<State> = new Set<State>(['STOPPED', 'EXITED', 'FATAL', 'UNKNOWN']);
const SIGNALLABLE_STATES: ReadonlySet<State> = new Set<State>(['STARTING', 'RUNNING', 'STOPPING']);

/** A leader lives, and nobody has asked it to end. */
export const isUpState = (state: State): boolean => state === 'STARTING' || state === 'RUNNING';
export const isRunningState = (state: State): boolean => RUNNING_STATES.has(state);
export const isStoppedState = (state: State): boolean => STOPPED_STATES.has(state);
export const isSignallableState = (state: State): boolean => SIGNALLABLE_STATES.has(state);

/** supervisord's numbers for the supervisor itself. */
export const MOODS = { RUNNING: 1, RESTARTING: 0, SHUTDOWN: -1 } as const;

export type Mood = keyof typeof MOODS;
