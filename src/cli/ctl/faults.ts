// Which fault numbers does supervisorctl know, and which exit statuses does it make of them?

export const FAULTS = {
  UNKNOWN_METHOD: 1,
  SHUTDOWN_STATE: 6,
  BAD_NAME: 10,
  BAD_SIGNAL: 11,
  NO_FILE: 20,
  NOT_EXECUTABLE: 21,
  FAILED: 30,
  ABNORMAL_TERMINATION: 40,
  SPAWN_ERROR: 50,
  ALREADY_STARTED: 60,
  NOT_RUNNING: 70,
  SUCCESS: 80,
  ALREADY_ADDED: 90,
  STILL_RUNNING: 91,
  CANT_REREAD: 92,
} as const;

export const EXITS = {
  GENERIC: 1,
  INVALID_ARGS: 2,
  /** `status` of a process at rest; a server without the supervisor namespace. */
  AT_REST: 3,
  UNIMPLEMENTED: 3,
  /** `status` of an unknown name; a refused connection. */
  UNKNOWN: 4,
  REFUSED: 4,
  OTHER_VERSION: 5,
  NOT_RUNNING: 7,
} as const;

const DEAD: ReadonlySet<number> = new Set([
  FAULTS.SPAWN_ERROR,
  FAULTS.ABNORMAL_TERMINATION,
  FAULTS.NOT_RUNNING,
]);

/** Null where the fault leaves the exit status as it is. */
export const exitOf = (fault: number, ignored: number = FAULTS.SUCCESS): number | null => {
  if (fault === FAULTS.SUCCESS || fault === ignored) return null;
  return DEAD.has(fault) ? EXITS.NOT_RUNNING : EXITS.GENERIC;
};
