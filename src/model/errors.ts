// Every refusal tsvisor can give: one row each, with its words, exit status, HTTP status, XML-RPC fault and hint.

interface ErrorRow {
  /** `{name}` placeholders are filled from the error's facts. */
  readonly message: string;
  readonly hint: string;
  readonly exit: number;
  readonly http: number;
  /** supervisord's XML-RPC fault number. */
  readonly fault: number;
}

export const ERRORS = {
  BAD_CONFIG: {
    message: '{problems}',
    hint: '`tsvisor check -c FILE` checks a file without starting anything',
    exit: 2,
    http: 422,
    fault: 92,
  },
  NO_CONFIG: {
    message:
      'cannot find a config file: there is no tsvisor.yaml, tsvisor.yml or supervisord.conf in {folders}',
    hint: 'name one with -c FILE, or write a tsvisor.yaml such as: programs: { web: { command: /path/to/web } }',
    exit: 2,
    http: 404,
    fault: 92,
  },
  ALREADY_RUNNING: {
    message:
      'cannot start: tsvisor is already running with this config (pid {pid}, socket {socket}, config {config})',
    hint: '`tsvisor status` shows it, `tsvisor restart` restarts it in place',
    exit: 2,
    http: 409,
    fault: 30,
  },
  START_FAILED: {
    message: 'cannot start the supervisor: {reason}',
    hint: 'start with -n to see its log on the terminal',
    exit: 2,
    http: 500,
    fault: 30,
  },
  NOT_RUNNING_HERE: {
    message: 'cannot reach tsvisor at {socket}: {reason}',
    hint: '{cure}',
    exit: 4,
    http: 503,
    fault: 30,
  },
  SUPERVISOR_DOWN: {
    message:
      'cannot reach tsvisor at {socket}: the supervisor is down, and its guardian (pid {guardian}) starts another, within 30 s',
    hint: 'the main log may say why it ended; `tsvisor stop` ends the guardian too',
    exit: 4,
    http: 503,
    fault: 30,
  },
  NO_ANSWER: {
    message: 'cannot get an answer from tsvisor at {socket}: none within {seconds} s{order}',
    hint: 'the supervisor hangs, is stopped by a signal, or the machine is too busy; `tsvisor doctor` tells what to do',
    exit: 4,
    http: 504,
    fault: 30,
  },
  SOCKET_PATH: {
    message: 'cannot listen on {socket}: {reason}',
    hint: '{cure}',
    exit: 2,
    http: 500,
    fault: 30,
  },
  BAD_NAME: {
    message: '{name}: no such process',
    hint: '`tsvisor status` lists the names',
    exit: 1,
    http: 404,
    fault: 10,
  },
  BAD_GROUP: {
    message: '{name}: no such group',
    hint: '`tsvisor status` lists the names',
    exit: 1,
    http: 404,
    fault: 10,
  },
  BAD_REQUEST: { message: 'cannot read the request: {reason}', hint: '', exit: 1, http: 400, fault: 2 },
  UNKNOWN_ROUTE: { message: 'no such resource: {route}', hint: '', exit: 1, http: 404, fault: 1 },
  NO_SIGNATURE: {
    message: '{method}: no such method',
    hint: 'system.listMethods lists them',
    exit: 1,
    http: 404,
    fault: 4,
  },
  UNAUTHORIZED: {
    message: 'cannot let the request in: user name or password is missing or wrong',
    hint: '',
    exit: 1,
    http: 401,
    fault: 30,
  },
  BAD_SIGNAL: {
    message: '{signal}: no such signal',
    hint: 'a name such as TERM or HUP, or a number',
    exit: 1,
    http: 400,
    fault: 11,
  },
  ALREADY_STARTED: { message: '{name}: already started', hint: '', exit: 0, http: 409, fault: 60 },
  NOT_RUNNING: { message: '{name}: not running', hint: '', exit: 0, http: 409, fault: 70 },
  SPAWN_ERROR: { message: 'cannot start {name}: {reason}', hint: '{cure}', exit: 7, http: 500, fault: 50 },
  ABNORMAL_TERMINATION: {
    message: 'cannot start {name}: it ended before it was up ({reason})',
    hint: '`tsvisor logs {name}` may say why',
    exit: 7,
    http: 500,
    fault: 40,
  },
  STUCK: {
    message: 'cannot start {name}: {members} of its last life cannot be killed',
    hint: 'they are in an uninterruptible sleep, often a dead disk or network mount; it starts when they are gone',
    exit: 1,
    http: 409,
    fault: 30,
  },
  ALREADY_ADDED: { message: '{name}: process group already active', hint: '', exit: 0, http: 409, fault: 90 },
  STILL_RUNNING: {
    message: '{name}: process/group still running',
    hint: 'stop it first',
    exit: 1,
    http: 409,
    fault: 91,
  },
  SHUTDOWN_STATE: { message: 'tsvisor is stopping', hint: '', exit: 1, http: 503, fault: 6 },
  NO_COMMAND: {
    message: 'cannot start {name}: {reason}',
    hint: 'correct its `command`, then `tsvisor apply`',
    exit: 1,
    http: 409,
    fault: 20,
  },
  NOT_EXECUTABLE: {
    message: 'cannot start {name}: {reason}',
    hint: 'make the file executable, or correct `command`',
    exit: 1,
    http: 409,
    fault: 21,
  },
  SIGNAL_DENIED: {
    message: 'cannot signal {name}: permission denied',
    hint: 'run tsvisor as root, or as the user of that program',
    exit: 1,
    http: 409,
    fault: 30,
  },
  BAD_ARGUMENTS: {
    message: 'cannot read the log: {reason}',
    hint: 'a negative offset counts from the end and goes with length 0; a length is never negative',
    exit: 1,
    http: 400,
    fault: 3,
  },
  LOG_FAILED: { message: 'cannot {act} {path}: {reason}', hint: '', exit: 1, http: 500, fault: 30 },
  STDIN_CLOSED: {
    message: 'cannot write to the stdin of {name}: nobody reads it',
    hint: '',
    exit: 1,
    http: 409,
    fault: 20,
  },
  STDIN_FULL: {
    message: 'cannot write to the stdin of {name}: it reads nothing, {bytes} bytes were not taken',
    hint: '',
    exit: 1,
    http: 503,
    fault: 30,
  },
  INSECURE_SERVER: {
    message: 'cannot listen on {address}: without a password anybody who reaches it could run programs',
    hint: 'set username and password, listen on 127.0.0.1, or say insecure=true in [{section}]',
    exit: 2,
    http: 500,
    fault: 30,
  },
  BAD_OPTION: { message: 'cannot use {option}: {reason}', hint: '', exit: 2, http: 400, fault: 2 },
  NO_LOG: {
    message: 'cannot show the log of {name}: {reason}',
    hint: '{cure}',
    exit: 1,
    http: 404,
    fault: 20,
  },
  NOT_IN_TIME: {
    message: 'cannot see {names} {state}: not so after {seconds} s',
    hint: '`tsvisor status` shows how they are',
    exit: 124,
    http: 504,
    fault: 30,
  },
  NEVER: {
    message: 'cannot see {names} {state}: {reason}',
    hint: '`tsvisor logs` may say why',
    exit: 7,
    http: 500,
    fault: 40,
  },
  SCORE_REFUSED: {
    message: 'cannot set the score of {name}: {reason}',
    hint: 'a lower one needs CAP_SYS_RESOURCE: run tsvisor as root with that capability',
    exit: 1,
    http: 409,
    fault: 30,
  },
  WRONG_HOST: {
    message: 'cannot answer: this server is not called {host}',
    hint: 'use its address or localhost, set username and password, or name it in allowed_hosts',
    exit: 1,
    http: 403,
    fault: 30,
  },
  FOREIGN_ORDER: {
    message: 'cannot take an order from the page of another site',
    hint: '',
    exit: 1,
    http: 403,
    fault: 30,
  },
  READ_ONLY: {
    message: 'cannot do that here: this server only answers (read_only)',
    hint: 'use another server of the config, or the control socket',
    exit: 1,
    http: 403,
    fault: 30,
  },
  UNIT_REFUSED: { message: 'cannot {act} {path}: {reason}', hint: '{cure}', exit: 1, http: 409, fault: 30 },
  NO_FILE: { message: 'no log: {path}', hint: '', exit: 1, http: 404, fault: 20 },
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof ERRORS;

const fill = (template: string, facts: Readonly<Record<string, string | number>>): string =>
  template.replaceAll(/\{(\w+)\}/g, (_, name: string) => String(facts[name] ?? ''));

/** A refusal with a code from the registry; never a bug. */
export class TsvisorError extends Error {
  readonly code: ErrorCode;
  readonly facts: Readonly<Record<string, string | number>>;

  constructor(code: ErrorCode, facts: Readonly<Record<string, string | number>> = {}) {
    super(fill(ERRORS[code].message, facts));
    this.name = 'TsvisorError';
    this.code = code;
    this.facts = facts;
  }

  get row(): ErrorRow {
    return ERRORS[this.code];
  }

  get hint(): string {
    return fill(this.row.hint, this.facts);
  }
}

/** What was thrown, in words: the message of an Error, else the value itself. */
export const errorText = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Name of the errno of a failed call, e.g. `ENOENT`; `UNKNOWN` for what has none. */
export const errnoOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'UNKNOWN';
