// Which subcommands need no supervisor, but files? The part of the table about configs and what is made of them.

import type { OptionRow, Row } from './rows.ts';

const ASSUME_EXISTS: OptionRow = {
  flags: '--assume-exists',
  meaning: 'take users and folders as there: for use on another machine',
};
const HOSTNAME: OptionRow = {
  flags: '--hostname <name>',
  meaning: 'what %(host_node_name)s is on that machine',
};
export const JSON_OPTION: OptionRow = { flags: '--json', meaning: 'print everything as JSON' };

export const FILE_ROWS = [
  {
    name: 'check',
    words: '',
    summary: 'check a config file without starting anything',
    detail:
      'Prints every problem with its place, then advice that is no problem. Exit status: 2 when there is a problem.',
    options: [
      { flags: '--explain <key>', meaning: 'tell what a key means, and check nothing' },
      JSON_OPTION,
      ASSUME_EXISTS,
      HOSTNAME,
    ],
  },
  {
    name: 'config',
    words: '',
    summary: 'print the config with every default filled in',
    detail: 'As YAML; passwords are hidden, and so are values of variables that look like secrets.',
    options: [
      { flags: '--json', meaning: 'as JSON' },
      { flags: '--as <shape>', meaning: '`supervisord`: as JSON in the words of supervisord' },
      ASSUME_EXISTS,
      HOSTNAME,
    ],
  },
  {
    name: 'import',
    words: '[file]',
    summary: 'print the tsvisor.yaml that says what a supervisord ini file says',
    detail:
      'Comments stay beside what they describe, included files become part of it, and sudo, choom and the like before a command become keys.\n' +
      'What it wrote is read back and compared. Exit status: 1 when it does not say the same, 2 when the file has a problem.',
    options: [
      ASSUME_EXISTS,
      { flags: '--keep-commands', meaning: 'leave sudo, choom and the like in commands' },
    ],
  },
  {
    name: 'export',
    words: '<target>',
    takes: 'target',
    summary: 'print what nomad, kubernetes or systemd needs to run the same programs',
    detail:
      'One Nomad job, Kubernetes manifests or systemd units with the same command, user, limits, restarts, OOM policy and order as far as the target has them; ' +
      'what it has not is said in comments.\nPasswords and the like in environments become references to a secret of the target.',
    options: [
      { flags: '-o, --output <folder>', meaning: 'write files there instead of printing them' },
      { flags: '--image <image>', meaning: 'kubernetes: the container image that holds the programs' },
      { flags: '--force', meaning: 'replace files that are there' },
      ASSUME_EXISTS,
      HOSTNAME,
    ],
  },
  {
    name: 'install',
    words: '<manager>',
    takes: 'manager',
    summary: 'write the systemd unit that runs tsvisor with this config',
    detail:
      'Each setting of the unit stands with its reason. A unit that was written by somebody else, for another config, or changed by hand is refused.',
    options: [
      { flags: '--user', meaning: 'a service of the user who asks, not of the machine' },
      { flags: '--name <unit>', meaning: 'name of the unit (tsvisor)' },
      { flags: '--print', meaning: 'only print the unit' },
      { flags: '--now', meaning: 'let systemd read, enable and start it' },
      { flags: '--force', meaning: 'replace a unit that is there, whoever wrote it' },
    ],
  },
  {
    name: 'uninstall',
    words: '<manager>',
    takes: 'manager',
    summary: 'remove the systemd unit that `tsvisor install` wrote',
    detail: 'What runs goes on until it is stopped.',
    options: [
      { flags: '--user', meaning: 'of the user who asks, not of the machine' },
      { flags: '--name <unit>', meaning: 'name of the unit (tsvisor)' },
      { flags: '--now', meaning: 'let systemd stop and disable it first' },
      { flags: '--force', meaning: 'remove it whoever wrote it' },
    ],
  },
  {
    name: 'schema',
    words: '',
    summary: 'print the JSON Schema of tsvisor.yaml',
    detail: 'For editors, which complete and check by it.',
    options: [],
  },
] as const satisfies readonly Row[];
