// `tsvisor install systemd`: as which unit does systemd run this tsvisor?

import { accessSync, constants } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createClient } from '../api/client.ts';
import { ownUnit } from '../export/own-unit.ts';
import { splitCommand } from '../model/command-line.ts';
import { TsvisorError } from '../model/errors.ts';
import type { Plan } from '../model/plan.ts';
import type { Invocation, Run } from './commands.ts';
import { warn } from './text/complain.ts';
import { statusOf } from './life/ending.ts';
import { configFile } from './locate.ts';
import { loadPlace, type Place } from './place.ts';
import { findGuardian } from '../guardian/binary.ts';
import { asksSystemd, requireSystemd, tellOrAct } from './systemctl.ts';
import { findUnit, marked, unitPlace, writeUnit, type Found, type UnitPlace } from './systemd-unit.ts';

const MAIN = fileURLToPath(new URL('../cli/main.js', import.meta.url));

/** What systemd searches for a service that does not say. */
const UNIT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

const isOn = (path: string, file: string): boolean =>
  path.split(':').some((folder) => {
    try {
      accessSync(join(folder, file), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });

/** Programs that the shell of whoever installs finds, and systemd does not. */
const lostPrograms = ({ groups }: Plan): readonly string[] => {
  const lost = groups
    .flatMap(({ processes }) => processes)
    .flatMap(({ program, command, environment }) => {
      const split = splitCommand(command);
      const file = split.refused === undefined ? (split.words[0] ?? '') : '';
      if (file === '' || file.includes('/')) return [];
      return isOn(environment['PATH'] ?? UNIT_PATH, file) || !isOn(process.env['PATH'] ?? '', file)
        ? []
        : `${program}: \`${file}\` is on your PATH and not on that of services: write its whole path, or set PATH in its environment`;
    });
  return [...new Set(lost)];
};

const fleeting = (path: string): boolean => path.startsWith(`${tmpdir()}/`) || path.includes('/_npx/');

const pathNotes = ({ user = false }: Invocation['options']): readonly string[] => [
  ...(fleeting(MAIN)
    ? [`${MAIN} may be gone tomorrow: install the package for good first (npm install -g)`]
    : []),
  ...(!user && process.execPath.includes('/.')
    ? [`the unit runs ${process.execPath}: after an upgrade of Node there, install again`]
    : []),
];

const runningNote = async ({ socket }: Place): Promise<readonly string[]> => {
  const running = await statusOf(createClient(socket));
  if (running === null) return [];
  return [
    `tsvisor runs with this config already (pid ${running.supervisor.pid}): \`tsvisor stop\` before the service starts`,
  ];
};

const refuse = (path: string, reason: string, cure: string): never => {
  throw new TsvisorError('UNIT_REFUSED', { act: 'write', path, reason, cure });
};

/** What is there was written for this config and left as it was, or `--force` is given. */
const mayWrite = (found: Found, { path }: UnitPlace, config: string): void => {
  if (found.kind === 'foreign')
    refuse(path, 'it is there, and tsvisor did not write it', 'another --name, or --force to replace it');
  if (found.kind === 'changed')
    refuse(
      path,
      'it has been changed by hand',
      'move the changes to `systemctl edit`, or --force to lose them',
    );
  if (found.kind === 'ours' && found.config !== config)
    refuse(path, `it is the unit of ${found.config}`, 'another --name, or --force to replace it');
};

const linger = ({ user = false }: Invocation['options']): readonly string[] =>
  user ? [`loginctl enable-linger ${userInfo().username}   # else it ends when you log out`] : [];

export const run: Run = async ({ words, options, terminal }) => {
  requireSystemd(words[0]);
  const place = await loadPlace(configFile(options.config));
  warn(terminal, place.warnings);
  const config = place.plan.file;
  const unit = unitPlace(options);
  const guardian = findGuardian()?.path ?? null;
  const body = ownUnit({ tsvisor: [process.execPath, MAIN], guardian, config, user: options.user ?? false });
  const text = marked(body, config, unit);
  for (const note of [...pathNotes(options), ...lostPrograms(place.plan), ...(await runningNote(place))])
    terminal.err(`note: ${note}`);
  if (options.print === true) {
    terminal.out(text.trimEnd());
    return 0;
  }
  if (options.force !== true) mayWrite(findUnit(unit), unit, config);
  if (options.now === true) asksSystemd(options);
  writeUnit(unit, text);
  terminal.out(`wrote ${unit.path}, each setting with its reason`);
  return tellOrAct([['daemon-reload'], ['enable', '--now', unit.name]], {
    unit,
    options,
    terminal,
    also: linger(options),
  });
};
