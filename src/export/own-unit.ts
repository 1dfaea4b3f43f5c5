// What does the unit say in which systemd runs tsvisor, and why? For `tsvisor install systemd` and examples/systemd.

import { commandLine, unitText, value, type UnitLine } from './unit-text.ts';

export interface OwnUnit {
  /** Words before `start` and the other commands of tsvisor: absolute paths of Node and of the command line. */
  readonly tsvisor: readonly string[];
  /** Absolute path of the guardian's binary; null: there is none, and nobody can speak to systemd. */
  readonly guardian: string | null;
  /** Absolute path. */
  readonly config: string;
  /** For the service manager of a user instead of the machine's. */
  readonly user: boolean;
}

/** Seconds. */
const WATCHDOG = 30;
const STOP = 60;

const start = ({ tsvisor, guardian, config }: OwnUnit): readonly string[] => {
  const words = [...tsvisor, 'start', '--foreground', '-c', config];
  return guardian === null ? words : [guardian, 'begin', '--', ...words];
};

const speech = ({ guardian }: OwnUnit): readonly UnitLine[] =>
  guardian === null
    ? [
        'Without its guardian (no C compiler built it) tsvisor cannot tell systemd when it is ready, and has no watchdog.',
        ['Type', 'exec'],
      ]
    : [
        'The main process is the guardian. It tells systemd when the supervisor answers, reloads or ends, and that it is alive: a supervisor',
        'that hangs is replaced. Programs cannot speak in its name.',
        ['Type', 'notify'],
        ['NotifyAccess', 'main'],
        ['WatchdogSec', String(WATCHDOG)],
      ];

const memory = ({ user }: OwnUnit): readonly UnitLine[] => [
  'One killed program is for tsvisor to judge and to restart; the default of systemd would stop the whole unit.',
  ['OOMPolicy', 'continue'],
  ...(user
    ? []
    : ([
        'The kernel chooses anything else first. Programs get scores of their own: they do not inherit this one.',
        ['OOMScoreAdjust', '-900'],
      ] as const)),
  'So does systemd-oomd.',
  ['ManagedOOMPreference', 'avoid'],
  'The guardian stays in memory: it must run when memory is short.',
  ['LimitMEMLOCK', '1M'],
];

/** Neither namespaces nor filters of system calls: they would hold for every program too. */
const hardening = ({ user }: OwnUnit): readonly UnitLine[] =>
  user
    ? []
    : [
        'What holds here holds for every program, so it is little: nobody reboots the machine, loads kernel modules or changes the security',
        'policy. For a program that does: `CapabilityBoundingSet=` in `systemctl edit`.',
        ['CapabilityBoundingSet', '~CAP_SYS_BOOT CAP_SYS_MODULE CAP_MAC_ADMIN CAP_MAC_OVERRIDE'],
        'Stricter, where no program minds: NoNewPrivileges=yes (no sudo), PrivateTmp=yes, ProtectSystem=full, ProtectHome=yes. Never',
        'ProtectControlGroups=, ProtectKernelLogs= or ProtectProc=: tsvisor kills by cgroups and reads the records of the OOM killer.',
      ];

const service = (unit: OwnUnit): readonly UnitLine[] => [
  ...speech(unit),
  ['ExecStart', commandLine(start(unit))],
  ['ExecReload', commandLine([...unit.tsvisor, 'apply', '-c', unit.config])],
  'Whatever ends it, it comes back: `systemctl stop` ends it, `tsvisor stop` alone does not.',
  ['Restart', 'always'],
  ['RestartSec', '1'],
  'The guardian gets the signal and brings everything to rest; it asks for more time while programs use theirs. What is left then is killed.',
  ['KillMode', 'mixed'],
  ['TimeoutStopSec', String(STOP)],
  'The cgroups below this unit are its own: each program has one, to be killed and limited as a whole.',
  ['Delegate', 'yes'],
  ...memory(unit),
  ...hardening(unit),
];

/** The unit's text, each setting with its reason. */
export const ownUnit = (unit: OwnUnit): string =>
  unitText([
    {
      name: 'Unit',
      lines: [
        ['Description', value(`tsvisor, a process supervisor that knows the OOM killer (${unit.config})`)],
        ...(unit.user ? [] : ([['After', 'network.target']] as const)),
        'It is started again for ever: what it does not do itself nobody else does.',
        ['StartLimitIntervalSec', '0'],
      ],
    },
    { name: 'Service', lines: service(unit) },
    { name: 'Install', lines: [['WantedBy', unit.user ? 'default.target' : 'multi-user.target']] },
  ]);

/** As examples/systemd/tsvisor.service has it. */
export const exampleUnit = (): string => {
  const here = '/usr/lib/node_modules/tsvisor/dist';
  const config = '/etc/tsvisor/tsvisor.yaml';
  const text = ownUnit({
    tsvisor: ['/usr/bin/node', `${here}/cli/main.js`],
    guardian: `${here}/guardian/guardian`,
    config,
    user: false,
  });
  return `# What \`tsvisor install systemd -c ${config}\` writes, with the paths of this machine instead of these.\n${text}`;
};
