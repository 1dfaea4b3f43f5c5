// Which keys are there? The one table: section, type, default, where %(names)s may be used, and one line for people.

import type { TypeName } from './types.ts';

/**
 * Which names may stand in a value:
 * `env`: ENV_*; `here`: that and here; `fcgi`: that and program_name; `program`: here, ENV_*, program_name, group_name,
 * host_node_name; `process`: that, process_num, numprocs and the program's own variables; `plain`: as written, no
 * expansion; `environment`: as described there.
 */
export type Scope = 'plain' | 'env' | 'here' | 'fcgi' | 'program' | 'process' | 'environment';

export interface KeyRow {
  readonly type: TypeName;
  /** As a file would say it; null for none. */
  readonly default: string | null;
  readonly scope: Scope;
  /** tsvisor's own; supervisord ignores it. */
  readonly own?: true;
  readonly doc: string;
}

/** One row, one line: the tables are not formatted. */
type Rows = Readonly<Record<string, KeyRow>>;

// oxfmt-ignore
export const SUPERVISOR_KEYS = {
  logfile: { type: 'path', default: 'supervisord.log', scope: 'here', doc: 'The main log; relative to where the supervisor starts. `syslog` sends it there.' },
  logfile_maxbytes: { type: 'bytes', default: '50MB', scope: 'here', doc: 'Rotate the main log at this size; 0 never.' },
  logfile_backups: { type: 'integer', default: '10', scope: 'here', doc: 'How many rotated main logs to keep; 0 truncates.' },
  loglevel: { type: 'loglevel', default: 'info', scope: 'here', doc: 'Least important level that is logged; at debug and below also everything that programs write.' },
  log_format: { type: 'journalFormat', default: 'text', scope: 'here', own: true, doc: 'Form of the main log: text as supervisord has it, or json, one object for each line.' },
  pidfile: { type: 'path', default: 'supervisord.pid', scope: 'here', doc: 'Where the supervisor writes its pid.' },
  umask: { type: 'octal', default: '022', scope: 'here', doc: 'Umask of the daemon.' },
  nodaemon: { type: 'boolean', default: 'false', scope: 'here', doc: 'Stay in the foreground.' },
  silent: { type: 'boolean', default: 'false', scope: 'here', doc: 'In the foreground: do not log to stdout.' },
  minfds: { type: 'integer', default: '1024', scope: 'here', doc: 'Raise the limit of open files to at least this.' },
  minprocs: { type: 'integer', default: '200', scope: 'here', doc: 'Raise the limit of processes to at least this.' },
  nocleanup: { type: 'boolean', default: 'false', scope: 'here', doc: 'Keep the AUTO logs of earlier runs.' },
  childlogdir: { type: 'directory', default: null, scope: 'here', doc: 'Where AUTO logs go; the temporary directory when not set.' },
  user: { type: 'user', default: null, scope: 'here', doc: 'User the supervisor itself switches to.' },
  directory: { type: 'directory', default: null, scope: 'here', doc: 'Working directory of the supervisor.' },
  strip_ansi: { type: 'boolean', default: 'false', scope: 'here', doc: 'Strip escape sequences from what programs write.' },
  environment: { type: 'environment', default: '', scope: 'environment', doc: 'Variables for every program, and for ENV_ in what follows.' },
  identifier: { type: 'text', default: 'supervisor', scope: 'here', doc: 'Name of this supervisor in events, AUTO logs and the API.' },
  runtime_dir: { type: 'text', default: null, scope: 'here', own: true, doc: 'Directory of the control socket and the ledger; chosen from the path of the config when not set.' },
  exit_when: { type: 'exitWhen', default: 'none', scope: 'here', own: true, doc: 'For containers: stop everything and exit, with the exit status of the process that caused it, when any process is FATAL, when all have ended by themselves, or when the named one has.' },
  termination_message: { type: 'path', default: null, scope: 'here', own: true, doc: 'File that records the last unexpected death, e.g. `/dev/termination-log` for Kubernetes.' },
} as const satisfies Rows;

// oxfmt-ignore
export const UNIX_SERVER_KEYS = {
  file: { type: 'text', default: null, scope: 'here', doc: 'Path of the socket. Required.' },
  chmod: { type: 'octal', default: '0700', scope: 'env', doc: 'Mode of the socket.' },
  chown: { type: 'owner', default: null, scope: 'env', doc: 'Owner of the socket, `user` or `user:group`.' },
  username: { type: 'text', default: null, scope: 'env', doc: 'Name a client must give; only together with password.' },
  password: { type: 'text', default: null, scope: 'env', doc: 'Password a client must give, clear or `{SHA}` and hexadecimal digits.' },
  read_only: { type: 'boolean', default: 'false', scope: 'env', own: true, doc: 'Only answer: pages, metrics and logs can be read there, every order and all of XML-RPC is refused.' },
} as const satisfies Rows;

// oxfmt-ignore
export const INET_SERVER_KEYS = {
  port: { type: 'inet', default: null, scope: 'env', doc: '`port`, `host:port` or `*:port`. Required.' },
  username: { type: 'text', default: null, scope: 'env', doc: 'Name a client must give; only together with password.' },
  password: { type: 'text', default: null, scope: 'env', doc: 'Password a client must give, clear or `{SHA}` and hexadecimal digits.' },
  read_only: { type: 'boolean', default: 'false', scope: 'env', own: true, doc: 'Only answer: pages, metrics and logs can be read there, every order and all of XML-RPC is refused.' },
  allowed_hosts: { type: 'list', default: '', scope: 'env', own: true, doc: 'Names by which browsers may call a server that asks for no password, beside addresses, localhost, its own and the machine\'s; `*` for any.' },
  insecure: { type: 'boolean', default: 'false', scope: 'env', own: true, doc: 'Listen without a password where other machines can reach it; tsvisor refuses that otherwise.' },
} as const satisfies Rows;

// oxfmt-ignore
export const CTL_KEYS = {
  serverurl: { type: 'text', default: 'http://localhost:9001', scope: 'here', doc: 'Where the supervisor is: `unix:///path` or `http://host:port`.' },
  username: { type: 'text', default: null, scope: 'env', doc: 'Name sent to the server.' },
  password: { type: 'text', default: null, scope: 'env', doc: 'Password sent to the server.' },
  prompt: { type: 'text', default: 'supervisor', scope: 'env', doc: 'Prompt of the interactive client.' },
  history_file: { type: 'text', default: null, scope: 'here', doc: 'Where the interactive client keeps its history.' },
} as const satisfies Rows;

// oxfmt-ignore
const INCLUDE_KEYS = {
  files: { type: 'text', default: null, scope: 'env', doc: 'Patterns of files to read as well, with blanks between them. Required.' },
} as const satisfies Rows;

// oxfmt-ignore
export const RPC_INTERFACE_KEYS = {
  'supervisor.rpcinterface_factory': { type: 'text', default: null, scope: 'env', doc: "Python entry point of the namespace. Required; only supervisord's own is available." },
} as const satisfies Rows;

// oxfmt-ignore
export const CTL_PLUGIN_KEYS = {
  'supervisor.ctl_factory': { type: 'text', default: null, scope: 'env', doc: 'Python entry point of a client plugin. Not available.' },
} as const satisfies Rows;

/** In a program, or in a group for every member that does not say otherwise. */
// oxfmt-ignore
export const OWN_KEYS = {
  oom_score_adj: { type: 'score', default: 'auto', scope: 'program', own: true, doc: "Score for the OOM killer, set before exec: -1000 to 1000, `+N` relative to the supervisor's (`+-N` below it), or `auto`." },
  oom_score_adj_required: { type: 'boolean', default: 'false', scope: 'program', own: true, doc: 'Do not start when the kernel refuses the score.' },
  on_oom: { type: 'onOom', default: 'restart', scope: 'program', own: true, doc: 'What follows an OOM kill: restart, restart-group, stop, or continue (only report it).' },
  survivors: { type: 'survivors', default: 'kill', scope: 'program', own: true, doc: 'What happens to members that outlive the leader: kill or leave them.' },
  memory_max: { type: 'size', default: 'none', scope: 'program', own: true, doc: 'Hard memory limit of all members together, e.g. 512M.' },
  memory_high: { type: 'size', default: 'none', scope: 'program', own: true, doc: 'Limit above which members are slowed down and their memory is reclaimed; only with memory_max.' },
  memory_swap_max: { type: 'size', default: 'none', scope: 'program', own: true, doc: 'Swap that all members together may use, on top of memory_max; 0 for none at all.' },
  memory_oom_group: { type: 'boolean', default: 'false', scope: 'program', own: true, doc: 'The kernel kills all members together when it has to kill one (cgroup v2); tsvisor kills the rest in any case.' },
  oom_restart: { type: 'oomRestart', default: 'none', scope: 'program', own: true, doc: 'Restarts after OOM kills: delay before the first, doubled with each kill in the window up to max_delay, spread by jitter percent. After more than max_per_window kills: then=stop (FATAL) or keep-trying (at max_delay).' },
  start_when: { type: 'startWhen', default: 'none', scope: 'program', own: true, doc: 'Starts and restarts wait, in priority order, until that much memory is available and pressure is below that many percent; one at a time after the machine was out of memory.' },
  memory_limit_watch: { type: 'limitWatch', default: 'none', scope: 'program', own: true, doc: 'Once per second tsvisor adds up the memory of all members, by rss or pss: above soft the leader gets the signal (without one it is only reported), above hard the process is restarted. Needs no cgroup.' },
  on_pressure: { type: 'onPressure', default: 'none', scope: 'program', own: true, doc: 'When members wait for memory more than that many percent of the time, for that long: send a signal, run a command, or restart.' },
  memory_pressure_watch: { type: 'boolean', default: 'true', scope: 'program', own: true, doc: 'Tell programs where they can watch memory pressure themselves: MEMORY_PRESSURE_WATCH and MEMORY_PRESSURE_WRITE in their environment.' },
  measure_pss: { type: 'boolean', default: 'false', scope: 'program', own: true, doc: 'Tell its proportional memory too (PSS: shared pages divided among those who share them) in status --json, metrics and on its page. The kernel walks all its pages for that; read at most every 30 s, or when asked.' },
  type: { type: 'dutyType', default: 'service', scope: 'program', own: true, doc: 'oneshot: it does its work and exits. An exit code in exitcodes is success (EXITED); anything else is a failed attempt, retried up to startretries times with growing delays, then FATAL (autorestart=false: no retries). startsecs then defaults to 0. With schedule the default is oneshot.' },
  depends_on: { type: 'dependsOn', default: 'none', scope: 'program', own: true, doc: 'Starts and restarts wait until others are started, ready, healthy or completed; at a shutdown it is stopped before they are. The default condition is completed for a oneshot, ready for anything else. With restart=true it is restarted whenever the other one is launched again.' },
  health: { type: 'health', default: 'none', scope: 'process', own: true, doc: 'Checks that it is well: exec (a command of its user ends with 0), tcp (a port accepts), http (a GET gets status, else 200 to 399) or log (a line of its output matches). Every interval (10s) for at most timeout (5s); retries (3) failures in a row make it unhealthy, success (1) passes healthy; until the first pass, within grace (10s) of a launch, it is looked at every second and failures do not count. on_unhealthy: none (only told), or restart: killed with all members and started again.' },
  schedule: { type: 'schedule', default: 'none', scope: 'program', own: true, doc: 'Starts by the clock: a cron expression, in timezone (default: that of the machine). A run that is due while the last one is still going is skipped, queued, or replaces it (overlap: skip, queue, kill). With jitter each process runs up to that much later, always by the same amount, so that many jobs do not start together. Runs that are due while the supervisor is down are skipped and reported. autostart then defaults to false.' },
  containment: { type: 'containment', default: 'auto', scope: 'program', own: true, doc: 'What holds the members together: auto, cgroup, reap or scan.' },
  fast_death_secs: { type: 'duration', default: '10', scope: 'program', own: true, doc: 'A shorter life after RUNNING makes the next restart slower: at once, then after 1, 2, 4 … seconds. An exit status in exitcodes is held to one start per second at most.' },
  restart_delay_max: { type: 'duration', default: '30', scope: 'program', own: true, doc: 'Longest delay between such restarts.' },
  notify: { type: 'boolean', default: 'false', scope: 'program', own: true, doc: 'The program reports READY=1 by sd_notify when it can serve; until then it is shown as not ready. Any member may send it.' },
  watchdog: { type: 'optional-duration', default: 'none', scope: 'program', own: true, doc: 'Longest time between two WATCHDOG=1 by sd_notify, counted from launch (with notify: from READY=1). A program that is silent for longer is killed, and restarted as after any unexpected exit.' },
  log_format: { type: 'logFormat', default: 'raw', scope: 'program', own: true, doc: 'What is logged: raw bytes as they come; text, each line behind its time, process, stream and pid; or json, one object for each line.' },
  log_rotate_every: { type: 'logPeriod', default: 'none', scope: 'program', own: true, doc: 'Also start a new file every hour, day or week, in local time.' },
  log_compress: { type: 'boolean', default: 'false', scope: 'program', own: true, doc: 'Compress rotated files in the background: `.1.gz`, `.2.gz` ...' },
  log_total_max: { type: 'size', default: 'none', scope: 'program', own: true, doc: 'Upper limit for a log and its rotated files together; the oldest are deleted first.' },
  log_rate_max: { type: 'size', default: 'none', scope: 'program', own: true, doc: 'Most bytes per second of one stream; lines above that are dropped, counted, and the log says so.' },
  log_when_full: { type: 'whenFull', default: 'block', scope: 'program', own: true, doc: 'When the reader of a log (a pipe, a terminal) is too slow: block makes the program wait, drop loses lines and counts them.' },
  log_direct: { type: 'boolean', default: 'false', scope: 'program', own: true, doc: 'Let the program write to its file itself where nothing else needs to see the bytes (logfile_maxbytes=0, no events, no capture): costs nothing, but SIGUSR2 cannot reopen the file; use copytruncate.' },
} as const satisfies Rows;

// oxfmt-ignore
const logKeys = <S extends 'stdout' | 'stderr'>(stream: S) =>
  ({
    logfile: { type: 'logfile', default: 'AUTO', scope: 'process', doc: `File for ${stream}; AUTO names one in childlogdir, NONE drops it, journald sends it to systemd's journal.` },
    logfile_maxbytes: { type: 'bytes', default: '50MB', scope: 'process', doc: `Rotate the ${stream} log at this size; 0 never.` },
    logfile_backups: { type: 'integer', default: '10', scope: 'process', doc: `How many rotated ${stream} logs to keep.` },
    capture_maxbytes: { type: 'bytes', default: '0', scope: 'program', doc: `Size of the capture buffer of ${stream}; 0 for none.` },
    events_enabled: { type: 'boolean', default: 'false', scope: 'program', doc: `Announce what is written to ${stream} as PROCESS_LOG events.` },
    syslog: { type: 'boolean', default: 'false', scope: 'process', doc: `Send ${stream} to syslog too.` },
  }) as const satisfies Rows;

const STDOUT = logKeys('stdout');
const STDERR = logKeys('stderr');

// oxfmt-ignore
export const PROGRAM_KEYS = {
  command: { type: 'command', default: null, scope: 'process', doc: 'Command line; quotes group words, nothing else is special. Required.' },
  process_name: { type: 'text', default: '%(program_name)s', scope: 'process', doc: 'Name of each process; with %(process_num) when numprocs is above 1.' },
  numprocs: { type: 'integer', default: '1', scope: 'program', doc: 'How many processes to run.' },
  numprocs_start: { type: 'integer', default: '0', scope: 'program', doc: 'First process_num.' },
  priority: { type: 'integer', default: '999', scope: 'program', doc: 'Lower starts first and stops last.' },
  autostart: { type: 'boolean', default: 'true', scope: 'program', doc: 'Start with the supervisor.' },
  autorestart: { type: 'autorestart', default: 'unexpected', scope: 'program', doc: 'Start again after exit: true, false, or unexpected (an exit code that is not in exitcodes).' },
  startsecs: { type: 'seconds', default: '1', scope: 'program', doc: 'Must stay up longer than this to be RUNNING.' },
  startretries: { type: 'integer', default: '3', scope: 'program', doc: 'How many failed starts before FATAL.' },
  exitcodes: { type: 'exitcodes', default: '0', scope: 'program', doc: 'Expected exit codes.' },
  stopsignal: { type: 'signal', default: 'TERM', scope: 'program', doc: 'Signal that asks it to stop.' },
  stopwaitsecs: { type: 'seconds', default: '10', scope: 'program', doc: 'How long it may take to stop before SIGKILL.' },
  stopasgroup: { type: 'boolean', default: 'false', scope: 'program', doc: 'Send stopsignal to the whole process group; implies killasgroup.' },
  killasgroup: { type: 'boolean', default: null, scope: 'program', doc: 'Send SIGKILL to the whole process group; as stopasgroup when not set.' },
  user: { type: 'user', default: null, scope: 'program', doc: 'User to run as.' },
  umask: { type: 'octal', default: null, scope: 'program', doc: 'Umask of the processes.' },
  nice: { type: 'nice', default: 'none', scope: 'program', own: true, doc: 'Niceness of the processes; none leaves the supervisor\'s. Below that asks for CAP_SYS_NICE.' },
  ulimits: { type: 'ulimits', default: 'none', scope: 'program', own: true, doc: 'Resource limits of each process, as of setrlimit(2); what is not named stays as the supervisor has it.' },
  directory: { type: 'text', default: null, scope: 'process', doc: 'Working directory of the processes.' },
  environment: { type: 'environment', default: '', scope: 'environment', doc: 'Variables, added to those of the supervisor section.' },
  serverurl: { type: 'text', default: null, scope: 'program', doc: 'Value of SUPERVISOR_SERVER_URL; AUTO for the first server, empty for none.' },
  redirect_stderr: { type: 'boolean', default: 'false', scope: 'program', doc: 'Send stderr where stdout goes.' },
  stdout_logfile: STDOUT.logfile,
  stdout_logfile_maxbytes: STDOUT.logfile_maxbytes,
  stdout_logfile_backups: STDOUT.logfile_backups,
  stdout_capture_maxbytes: STDOUT.capture_maxbytes,
  stdout_events_enabled: STDOUT.events_enabled,
  stdout_syslog: STDOUT.syslog,
  stderr_logfile: STDERR.logfile,
  stderr_logfile_maxbytes: STDERR.logfile_maxbytes,
  stderr_logfile_backups: STDERR.logfile_backups,
  stderr_capture_maxbytes: STDERR.capture_maxbytes,
  stderr_events_enabled: STDERR.events_enabled,
  stderr_syslog: STDERR.syslog,
  sockets: { type: 'sockets', default: 'none', scope: 'program', own: true, doc: 'Listening sockets, opened before the first start and kept over restarts, that all its processes get as descriptors from 3 on (LISTEN_FDS, LISTEN_PID, LISTEN_FDNAMES, as systemd gives them); closed with the group.' },
  ...OWN_KEYS,
} as const satisfies Rows;

// oxfmt-ignore
export const GROUP_KEYS = {
  group_memory_max: { type: 'size', default: 'none', scope: 'here', own: true, doc: 'Hard memory limit of all its processes together.' },
  group_memory_high: { type: 'size', default: 'none', scope: 'here', own: true, doc: 'Limit above which all its processes together are slowed down; only with group_memory_max.' },
  programs: { type: 'list', default: '', scope: 'here', doc: 'Its members: names of programs, with commas between them.' },
  priority: { type: 'integer', default: '999', scope: 'here', doc: 'Lower starts first and stops last.' },
  ...OWN_KEYS,
} as const satisfies Rows;

// oxfmt-ignore
export const LISTENER_KEYS = {
  ...PROGRAM_KEYS,
  events: { type: 'events', default: '', scope: 'here', doc: 'Event types it wants, with commas between them. Required.' },
  buffer_size: { type: 'integer', default: '10', scope: 'here', doc: 'How many events wait before the oldest is dropped.' },
  result_handler: { type: 'text', default: 'supervisor.dispatchers:default_handler', scope: 'here', doc: 'Python entry point; only the default is available.' },
} as const satisfies Rows;

// oxfmt-ignore
export const FCGI_KEYS = {
  ...PROGRAM_KEYS,
  socket: { type: 'text', default: null, scope: 'fcgi', doc: '`unix:///path` or `tcp://host:port`. Required.' },
  socket_owner: { type: 'owner', default: null, scope: 'here', doc: "Owner of a unix socket; the program's user when not set." },
  socket_mode: { type: 'octal', default: null, scope: 'here', doc: 'Mode of a unix socket; 0700 when not set.' },
  socket_backlog: { type: 'integer', default: null, scope: 'here', doc: 'Length of the queue of connections, 1 to 65535.' },
} as const satisfies Rows;

/** Sections of tsvisor's own, which supervisord passes over. */
// oxfmt-ignore
export const HOOK_KEYS = {
  on: { type: 'events', default: '', scope: 'here', own: true, doc: 'Event types it wants, as a listener asks for them: a name that others begin with stands for all of these. Required.' },
  run: { type: 'command', default: null, scope: 'here', own: true, doc: 'Command that is run for each event: the event as JSON on its stdin, its main facts in TSVISOR_* variables. Either this or webhook.' },
  webhook: { type: 'text', default: null, scope: 'here', own: true, doc: 'URL that each event is sent to as JSON by POST. Either this or run.' },
  headers: { type: 'environment', default: '', scope: 'here', own: true, doc: 'Headers of the requests; %(ENV_NAME)s keeps a secret out of the file.' },
  headers_file: { type: 'text', default: null, scope: 'here', own: true, doc: 'File of further headers, `Name: value` on each line, read anew for each request.' },
  timeout: { type: 'duration', default: '10', scope: 'here', own: true, doc: 'How long one attempt may take; then the command and its process group are killed, or the connection is closed.' },
  attempts: { type: 'integer', default: '5', scope: 'here', own: true, doc: 'How often one event is tried before it counts as failed.' },
  retry_delay: { type: 'duration', default: '1', scope: 'here', own: true, doc: 'Delay before the second attempt, doubled before each further one, up to a minute.' },
  buffer_size: { type: 'integer', default: '100', scope: 'here', own: true, doc: 'How many events wait before the oldest is dropped.' },
} as const satisfies Rows;

/** Of program-like sections in YAML only; `expand_env` in every section. They are settled before anything is resolved. */
// oxfmt-ignore
export const YAML_KEYS = {
  extends: { type: 'text', default: null, scope: 'plain', doc: 'Another program whose keys hold where this one does not say otherwise.' },
  env_file: { type: 'list', default: null, scope: 'plain', doc: 'Files of KEY=value lines, behind environment; one with a leading - may be missing.' },
  expand_env: { type: 'boolean', default: 'false', scope: 'plain', doc: 'Fill in ${NAME} and ${NAME:-default} from the environment; $$ is a dollar.' },
} as const satisfies Rows;

/** Every kind of section, by the name it has in an ini file (what precedes the colon). */
export const SECTIONS = {
  supervisord: SUPERVISOR_KEYS,
  unix_http_server: UNIX_SERVER_KEYS,
  inet_http_server: INET_SERVER_KEYS,
  supervisorctl: CTL_KEYS,
  include: INCLUDE_KEYS,
  program: PROGRAM_KEYS,
  group: GROUP_KEYS,
  eventlistener: LISTENER_KEYS,
  'fcgi-program': FCGI_KEYS,
  rpcinterface: RPC_INTERFACE_KEYS,
  ctlplugin: CTL_PLUGIN_KEYS,
  'tsvisor-hook': HOOK_KEYS,
} as const satisfies Record<string, Rows>;

export type SectionKind = keyof typeof SECTIONS;
