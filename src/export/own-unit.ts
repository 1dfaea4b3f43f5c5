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
        'The main process is the guardian. It tells systemd when the supervisor is ready, reloads or stops, and feeds the watchdog: a',
        'supervisor that hangs is replaced. Programs cannot send notifications in its name.',
        ['Type', 'notify'],
        ['NotifyAccess', 'main'],
        ['WatchdogSec', String(WATCHDOG)],
      ];

const memory = ({ user }: OwnUnit): readonly UnitLine[] => [
  'When a program is OOM-killed, tsvisor decides what happens. The default of systemd would stop the whole unit.',
  ['OOMPolicy', 'continue'],
  ...(user
    ? []
    : ([
        'The kernel kills almost anything else first. Programs get scores of their own; they do not inherit this one.',
        ['OOMScoreAdjust', '-900'],
      ] as const)),
  'The same for systemd-oomd.',
  ['ManagedOOMPreference', 'avoid'],
  'The guardian locks itself into memory, so that it runs when memory is short.',
  ['LimitMEMLOCK', '1M'],
];

/** Neither namespaces nor filters of system calls: they would hold for every program too. */
const hardening = ({ user }: OwnUnit): readonly UnitLine[] =>
  user
    ? []
    : [
        'Applies to every program too, so it is short: no reboots, kernel modules or changes of the security policy. For a program that',
        'needs one of these: `CapabilityBoundingSet=` in `systemctl edit`.',
        ['CapabilityBoundingSet', '~CAP_SYS_BOOT CAP_SYS_MODULE CAP_MAC_ADMIN CAP_MAC_OVERRIDE'],
        'Add if all programs work with it: NoNewPrivileges=yes (no sudo), PrivateTmp=yes, ProtectSystem=full, ProtectHome=yes. Never add',
        'ProtectControlGroups=, ProtectKernelLogs= or ProtectProc=: tsvisor kills by cgroups and reads the records of the OOM killer.',
      ];

const service = (unit: OwnUnit): readonly UnitLine[] => [
  ...speech(unit),
  ['ExecStart', commandLine(start(unit))],
  ['ExecReload', commandLine([...unit.tsvisor, 'apply', '-c', unit.config])],
  'Stop it with `systemctl stop`: after `tsvisor stop`, systemd starts it again.',
  ['Restart', 'always'],
  ['RestartSec', '1'],
  'Only the guardian gets SIGTERM. It stops everything, and asks for more time while programs need theirs. What is left after that is killed.',
  ['KillMode', 'mixed'],
  ['TimeoutStopSec', String(STOP)],
  'tsvisor makes cgroups below this unit, one for each program, to kill and limit it as a whole.',
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
        'Always restarted, without a limit: its programs depend on it.',
        ['StartLimitIntervalSec', '0'],
      ],
    },
    { name: 'Service', lines: service(unit) },
    { name: 'Install', lines: [['WantedBy', unit.user ? 'default.target' : 'multi-user.target']] },
  ]);

/** As examples/systemd/tsvisor.service has it. */
export const exampleUnit = (): string => {
  const root = '/usr/lib/node_modules/tsvisor';
  const config = '/etc/tsvisor/tsvisor.yaml';
  const text = ownUnit({
    tsvisor: ['/usr/bin/node', `${root}/dist/cli/main.js`],
    guardian: `${root}/prebuilt/guardian-x64`,
    config,
    user: false,
  });
  return `# What \`tsvisor install systemd -c ${config}\` writes, except for the paths.\n${text}`;
};
