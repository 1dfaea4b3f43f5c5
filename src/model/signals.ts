// What can be sent to a process, and what is the name of a signal's number? Linux on x64 and arm64.

/** A number only where Node has no name: 0, which says nothing, and the first and last of the realtime signals. */
export type Signal = NodeJS.Signals | number;

const NAMES: readonly NodeJS.Signals[] = [
  'SIGHUP',
  'SIGINT',
  'SIGQUIT',
  'SIGILL',
  'SIGTRAP',
  'SIGABRT',
  'SIGBUS',
  'SIGFPE',
  'SIGKILL',
  'SIGUSR1',
  'SIGSEGV',
  'SIGUSR2',
  'SIGPIPE',
  'SIGALRM',
  'SIGTERM',
  'SIGSTKFLT',
  'SIGCHLD',
  'SIGCONT',
  'SIGSTOP',
  'SIGTSTP',
  'SIGTTIN',
  'SIGTTOU',
  'SIGURG',
  'SIGXCPU',
  'SIGXFSZ',
  'SIGVTALRM',
  'SIGPROF',
  'SIGWINCH',
  'SIGIO',
  'SIGPWR',
  'SIGSYS',
];

/** 0 for a name that is not known. */
export const signalNumber = (name: NodeJS.Signals): number => NAMES.indexOf(name) + 1;

/** Null for a number without a name, such as the realtime signals. */
export const signalName = (number: number): NodeJS.Signals | null => NAMES[number - 1] ?? null;
