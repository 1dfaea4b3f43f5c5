// What is typed at supervisorctl and at `tsvisor ctl` side by side? Each step changes or shows the same state on both sides.

export interface Step {
  readonly words: readonly string[];
  /** Typed after the command has begun. */
  readonly input?: string;
}

const lines = (text: string): readonly Step[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => ({ words: line.split(' ') }));

const typed = (input: string, ...words: readonly string[]): Step => ({ words, input });

/** Sections that only look, so that several of their steps may be under way at once. */
export const ONLY_LOOKING: ReadonlySet<string> = new Set([
  'status',
  'pid',
  'help',
  'servers',
  'command lines that cannot be understood',
]);

/** Every section begins where the one before it ended. */
export const SECTIONS: Readonly<Record<string, readonly Step[]>> = {
  status: lines(`
    status
    status all
    status cat
    status cat bad
    status multi:*
    status multi:
    status multi:multi_0 cat
    status nope
    status nope cat
    status nope:* cat
    status multi:nope
    status-x
  `),
  pid: lines(`
    pid
    pid cat
    pid cat nope bad
    pid nope
    pid bad
    pid all
  `),
  'start and stop': lines(`
    start
    stop
    restart
    start cat
    start nope
    start nope:*
    start multi:nope
    start bad
    start script
    start dies
    start dies cat nope
    stop cat
    stop cat
    start cat
    stop nope
    stop nope:* cat
    start cat
    stop multi:*
    stop multi:*
    start multi:*
    start multi:*
    restart cat
    restart nope
    restart nope:* cat
    restart multi:* cat
    restart bad
    stop all
    stop all
    start multi:* cat talks quiet
    status
    start multi:multi_0
    stop multi:multi_0
    start multi:
  `),
  signal: lines(`
    signal
    signal HUP
    signal NOPE cat
    signal CONT cat
    signal 18 cat
    signal CONT multi:*
    signal CONT nope:*
    signal CONT nope
    signal CONT bad
    signal CONT cat nope bad
    signal CONT all
    signal NOPE all
    signal NOPE multi:*
  `),
  logs: lines(`
    tail
    tail talks
    tail talks stdout
    tail talks stderr
    tail talks STDERR
    tail -5 talks stderr
    tail -0 talks
    tail --5 talks
    tail -x talks
    tail - talks
    tail -1
    tail talks foo
    tail talks fo'o
    tail a b c
    tail a b c d
    tail nope
    tail multi:*
    tail quiet
    tail -f nope
    maintail -x
    maintail x
    maintail a b
    clear
    clear talks
    tail talks
    clear nope
    clear talks nope cat
    clear multi:*
    clear multi:multi_0
    clear all
  `),
  groups: lines(`
    avail
    avail x
    reread
    reread x
    update
    update nope
    update all
    add
    add nope
    add cat
    add cat nope
    remove
    remove nope
    remove cat
    stop cat
    remove cat
    avail
    status cat
    add cat cat
  `),
  help: lines(`
    help
    help help
    help tail
    help maintail
    help nope
    help EOF
    ?
    ? pid
    nope
    nope x
    !ls
    EOF
    quit
    exit
    version
    version x
  `).concat(
    ['add', 'avail', 'clear', 'exit', 'fg', 'open', 'pid', 'quit', 'reload', 'remove', 'reread', 'restart']
      .concat(['shutdown', 'signal', 'start', 'status', 'stop', 'update', 'version'])
      .map((action) => ({ words: ['help', action] })),
  ),
  servers: lines(`
    open
    open ftp://x
    open unix:///nowhere.sock
    open http://127.0.0.1:1
    -s unix:///nowhere.sock status
    -s unix:///nowhere.sock pid
    -s unix:///nowhere.sock start cat
    -s unix:///nowhere.sock stop
    -s unix:///nowhere.sock restart cat
    -s unix:///nowhere.sock signal HUP cat
    -s unix:///nowhere.sock clear cat
    -s unix:///nowhere.sock reread
    -s unix:///nowhere.sock update
    -s unix:///nowhere.sock avail
    -s unix:///nowhere.sock add x
    -s unix:///nowhere.sock remove x
    -s unix:///nowhere.sock shutdown
    -s unix:///nowhere.sock reload
    -s unix:///nowhere.sock version
    -s unix:///nowhere.sock tail x
    -s unix:///nowhere.sock maintail
    -s unix:///nowhere.sock fg x
    -s http://127.0.0.1:1 status
    -s http://127.0.0.1:1 shutdown
    -s http://127.0.0.1:1 pid
    -s http://127.0.0.1:1 reread
    -s ftp://x status
    --serverurl=unix:///nowhere.sock status
    --server unix:///nowhere.sock status
    -s http://INET status
    -s http://INET pid
    -s http://INET -u user -p wrong status
    -s http://INET -u user -p secret status
    -s http://INET -u user -p secret tail -f nope
  `),
  'command lines that cannot be understood': lines(`
    -s
    -s x status
    -z
    --nope
    --s
    --interactive=x status
    -p a -p b status
    -h -x
    -c /nowhere.conf status
  `),
  'the shell': [
    typed('status\npid cat\nquit\n'),
    typed('status'),
    typed('nope\n\nhelp pid\nexit\nstatus\n'),
    typed('stop cat\nstart cat\nstart nope\n'),
    typed('shutdown\nn\nreload\nno\nEOF\n'),
    typed('n\n', '-i', 'shutdown'),
    typed('n\n', '-i', 'reload'),
    typed('', '-i', 'shutdown'),
    typed('', '-i', 'status'),
    typed('', 'shutdown', 'x'),
    typed('', 'reload', 'x'),
  ],
  'the foreground': [
    typed('', 'fg'),
    typed('', 'fg', 'a', 'b'),
    typed('', 'fg', 'nope'),
    typed('', 'fg', 'bad'),
  ],
};

/** After the config has been written anew. */
export const CHANGED: readonly Step[] = lines(`
  reread
  avail
  update nope fresh
  status
  update multi talks
  status
  update
  reread
  status
`);

/** After the config has been made wrong. */
export const BROKEN: readonly Step[] = lines(`
  reread
  update
  status cat
`);
