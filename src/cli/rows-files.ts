// Which subcommands need no supervisor, but files? The part of the table about configs and what is made of them.

import type { OptionRow, Row } from './rows.ts';

const ASSUME_EXISTS: OptionRow = {
  flags: '--assume-exists',
  meaning: 'accept users and directories that this machine does not have',
};
const HOSTNAME: OptionRow = {
  flags: '--hostname <name>',
  meaning: 'value of %(host_node_name)s on another machine',
};
export const JSON_OPTION: OptionRow = { flags: '--json', meaning: 'print everything as JSON' };

export const FILE_ROWS = [
  {
    name: 'check',
    words: '',
    summary: 'check a config file without starting anything',
    detail: 'Prints every mistake with file and line, then advice. Exit status: 2 when there is a mistake.',
    options: [
      { flags: '--explain <key>', meaning: 'only explain a key' },
      JSON_OPTION,
      ASSUME_EXISTS,
      HOSTNAME,
    ],
  },
  {
    name: 'config',
    words: '',
    summary: 'print the config with all defaults filled in',
    detail: 'As YAML; passwords are hidden, and so are values of variables that look like secrets.',
    options: [
      { flags: '--json', meaning: 'as JSON' },
      { flags: '--as <shape>', meaning: '`supervisord`: as JSON, with the field names of supervisord' },
      ASSUME_EXISTS,
      HOSTNAME,
    ],
  },
  {
    name: 'import',
    words: '[file]',
    summary: 'convert a supervisord ini file to tsvisor.yaml, and print it',
    detail:
      'Comments stay with what they describe, included files are merged, and sudo, choom and the like in front of a command become keys.\n' +
      'The result is read back and compared with the original. Exit status: 1 when they differ, 2 when the file has a mistake.',
    options: [
      ASSUME_EXISTS,
      { flags: '--keep-commands', meaning: 'leave sudo, choom and the like in commands' },
    ],
  },
  {
    name: 'export',
    words: '<target>',
    takes: 'target',
    summary: 'print files for nomad, kubernetes or systemd that run the same programs',
    detail:
      'One Nomad job, Kubernetes manifests or systemd units with the same command, user, limits, restarts, OOM policy and order as far as the target has them; ' +
      'comments name the rest.\nPasswords and the like in environments become references to a secret of the target.',
    options: [
      {
        flags: '-o, --output <folder>',
        meaning: 'write the files to this directory instead of printing them',
      },
      { flags: '--image <image>', meaning: 'kubernetes: the container image with the programs' },
      { flags: '--force', meaning: 'overwrite existing files' },
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
      'The unit explains each of its settings. A unit that was edited, or written by somebody else or for another config, is not replaced.',
    options: [
      { flags: '--user', meaning: 'a user service instead of a system service' },
      { flags: '--name <unit>', meaning: 'name of the unit (tsvisor)' },
      { flags: '--print', meaning: 'only print the unit' },
      { flags: '--now', meaning: 'also make systemd load, enable and start it' },
      { flags: '--force', meaning: 'replace an existing unit, whoever wrote it' },
    ],
  },
  {
    name: 'uninstall',
    words: '<manager>',
    takes: 'manager',
    summary: 'remove the systemd unit that `tsvisor install` wrote',
    detail: 'A running tsvisor keeps running until it is stopped.',
    options: [
      { flags: '--user', meaning: 'the user service instead of the system service' },
      { flags: '--name <unit>', meaning: 'name of the unit (tsvisor)' },
      { flags: '--now', meaning: 'make systemd stop and disable it first' },
      { flags: '--force', meaning: 'remove it whoever wrote it' },
    ],
  },
  {
    name: 'schema',
    words: '',
    summary: 'print the JSON Schema of tsvisor.yaml',
    detail: 'For completion and checks in editors.',
    options: [],
  },
] as const satisfies readonly Row[];
