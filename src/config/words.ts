// How are types and scopes of keys said to people? For the reference, the schema and `--explain`.

import type { Scope } from './keys.ts';
import type { TypeName } from './types.ts';

/** What a value of the type looks like; `yaml` where YAML takes more than ini. */
export const TYPE_WORDS: Readonly<Record<TypeName, { readonly ini: string; readonly yaml?: string }>> = {
  text: { ini: 'text' },
  command: { ini: 'a command line', yaml: 'a command line, or a list of words' },
  integer: { ini: 'a whole number' },
  boolean: { ini: 'true, yes, on, 1 or false, no, off, 0' },
  autorestart: { ini: 'true, false or unexpected' },
  bytes: { ini: 'bytes, or a number with KB, MB or GB', yaml: 'a size such as 50MB, 512M or 1.5G' },
  size: { ini: 'a size such as 512M, 1.5G or 800MB; `none` for no limit' },
  seconds: { ini: 'whole seconds', yaml: 'whole seconds, or a duration such as 10s or 2m' },
  duration: { ini: 'seconds, or a duration such as 250ms, 10s or 2m' },
  'optional-duration': { ini: '`none`, seconds, or a duration such as 30s' },
  octal: { ini: 'an octal number such as 022' },
  signal: { ini: 'a signal by name, with or without SIG, or by number' },
  exitcodes: {
    ini: 'numbers from 0 to 255 with commas between them',
    yaml: 'a list of numbers from 0 to 255',
  },
  events: { ini: 'event types with commas between them', yaml: 'a list of event types' },
  list: { ini: 'names with commas between them', yaml: 'a list' },
  loglevel: { ini: 'critical, error, warn, info, debug, trace or blather' },
  user: { ini: 'a user by name or number' },
  owner: { ini: 'user or user:group, by name or number' },
  inet: { ini: 'port, host:port or *:port' },
  logfile: { ini: 'a path, AUTO, NONE or journald' },
  path: { ini: 'a path in a directory that exists' },
  directory: { ini: 'a directory that exists' },
  environment: { ini: 'KEY="value",OTHER="value"', yaml: 'a map of variables' },
  score: { ini: '-1000 to 1000; +N or +-N relative to the supervisor; auto' },
  onOom: { ini: 'restart, restart-group, stop or continue' },
  survivors: { ini: 'kill or leave' },
  containment: { ini: 'auto, cgroup, reap or scan' },
  sockets: {
    ini: 'name=address with commas between them; an address is tcp://host:port (* for any) or unix:///path, which may have mode=0660, owner=user:group and backlog=N behind it',
    yaml: 'a map of names to addresses; an address is tcp://host:port (* for any) or unix:///path, which may have mode=0660, owner=user:group and backlog=N behind it',
  },
  nice: { ini: '`none`, or a number from -20 to 19' },
  ulimits: {
    ini: '`none`, or nofile=65536,core=0,memlock=64M:unlimited: names as in ulimit, one value or soft:hard',
    yaml: '`none`, or a map of names as in ulimit (nofile, core, memlock, …) to one value or soft:hard',
  },
  oomRestart: {
    ini: '`none`, or delay=1s,max_delay=1m,jitter=10,max_per_window=5/10m,then=stop (or keep-trying), each of them optional',
    yaml: '`none`, or a map of delay, max_delay, jitter, max_per_window and then',
  },
  startWhen: {
    ini: '`none`, or memory_available=256M,pressure_below=20',
    yaml: '`none`, or a map of memory_available and pressure_below',
  },
  limitWatch: {
    ini: '`none`, or soft=400M,hard=512M,by=rss,signal=USR1',
    yaml: '`none`, or a map of soft, hard, by and signal',
  },
  onPressure: {
    ini: '`none`, or above=20,for=10s,do=signal:USR1 (or run:COMMAND, or restart)',
    yaml: '`none`, or a map of above, for and do',
  },
  exitWhen: {
    ini: '`none`, or any_fatal, all_exited and `NAME exits` with commas between them',
    yaml: '`none`, or a list of any_fatal, all_exited and `NAME exits`',
  },
  dutyType: { ini: 'service or oneshot' },
  dependsOn: {
    ini: '`none`, or db,cache=healthy: groups, group:process or programs, with =started, =ready, =healthy or =completed, and optionally restart=true behind',
    yaml: 'a list of names, or a map of names to started, ready, healthy or completed, optionally with restart=true behind',
  },
  health: {
    ini: '`none`, or interval=10s,timeout=5s,retries=3,success=1,grace=10s,on_unhealthy=none,http=URL (or tcp=HOST:PORT, log=PATTERN, exec=COMMAND; it comes last), all but the last optional',
    yaml: '`none`, or a map of exec, tcp, http (with status) or log, and interval, timeout, retries, success, grace, on_unhealthy',
  },
  schedule: {
    ini: '`none`, a cron expression, or timezone=Europe/Berlin,overlap=skip,jitter=30s,cron=EXPRESSION (it comes last)',
    yaml: '`none`, a cron expression, or a map of cron, timezone, overlap and jitter',
  },
  logFormat: { ini: 'raw, text or json' },
  journalFormat: { ini: 'text or json' },
  logPeriod: { ini: 'hour, day or week, or `none`' },
  whenFull: { ini: 'block or drop' },
};

/** Which %(names)s a value may use. */
export const SCOPE_WORDS: Readonly<Record<Scope, string>> = {
  plain: 'none',
  env: 'ENV_*',
  here: 'here, ENV_*',
  fcgi: 'here, ENV_*, program_name',
  program: 'here, ENV_*, host_node_name, program_name, group_name',
  process:
    'here, ENV_*, host_node_name, program_name, group_name, process_num, numprocs, its own variables as ENV_*',
  environment:
    'here, ENV_*; in a program also host_node_name, program_name, group_name, process_num, numprocs',
};
