// Where does the unit of this tsvisor lie, and is it one that `tsvisor install systemd` wrote?

import { createHash } from 'node:crypto';
import { existsSync, lstatSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { readVersion } from '../config/version.ts';
import { errorText, TsvisorError } from '../model/errors.ts';
import type { Invocation } from './commands.ts';

export interface UnitPlace {
  /** Without `.service`. */
  readonly name: string;
  readonly path: string;
  /** Words by which its service manager is asked: `systemctl`, or `systemctl --user`. */
  readonly systemctl: readonly string[];
}

const MARK = /^# Written by `tsvisor install systemd` \S+ for (?<config>.*), checksum (?<sum>[\da-f]+)\.$/;

const checksum = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);

const userFolder = (): string => {
  const configured = process.env['XDG_CONFIG_HOME'];
  const base = configured?.startsWith('/') === true ? configured : join(homedir(), '.config');
  return join(base, 'systemd/user');
};

/** Refuses with BAD_OPTION a name that systemd would not take. */
export const unitPlace = ({ user = false, name = 'tsvisor' }: Invocation['options']): UnitPlace => {
  if (!/^[\w:.-]{1,200}$/.test(name))
    throw new TsvisorError('BAD_OPTION', {
      option: `--name ${name}`,
      reason: 'letters, digits and :_.- only',
    });
  const folder = user ? userFolder() : '/etc/systemd/system';
  const bare = name.replace(/\.service$/, '');
  return {
    name: bare,
    path: join(folder, `${bare}.service`),
    systemctl: user ? ['systemctl', '--user'] : ['systemctl'],
  };
};

/** With the line by which it is known again. */
export const marked = (text: string, config: string, { name }: UnitPlace): string => {
  const own = `# Changes of your own belong into \`systemctl edit ${name}\`: the next installation writes this file anew.\n${text}`;
  return `# Written by \`tsvisor install systemd\` ${readVersion()} for ${config.replaceAll(/\s/g, ' ')}, checksum ${checksum(own)}.\n${own}`;
};

export type Found =
  | { readonly kind: 'none' }
  /** As it was written, for this config. */
  | { readonly kind: 'ours'; readonly config: string; readonly text: string }
  | { readonly kind: 'changed'; readonly config: string }
  | { readonly kind: 'foreign' };

export const findUnit = ({ path }: UnitPlace): Found => {
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return { kind: 'none' };
  // A link to /dev/null is how a unit is masked.
  if (!lstatSync(path).isFile()) return { kind: 'foreign' };
  const text = readFileSync(path, 'utf8');
  const end = text.indexOf('\n');
  const { config, sum } = MARK.exec(text.slice(0, end))?.groups ?? {};
  if (config === undefined) return { kind: 'foreign' };
  return sum === checksum(text.slice(end + 1)) ? { kind: 'ours', config, text } : { kind: 'changed', config };
};

const failed = (act: string, path: string, error: unknown): TsvisorError => {
  const reason = errorText(error);
  return new TsvisorError('UNIT_REFUSED', {
    act,
    path,
    reason,
    cure: 'as root, or with --user for a service of your own',
  });
};

/** Whole or not at all. */
export const writeUnit = ({ path }: UnitPlace, text: string): void => {
  const made = `${path}.${process.pid}`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(made, text, { mode: 0o644 });
    renameSync(made, path);
  } catch (error) {
    if (existsSync(made)) rmSync(made);
    throw failed('write', path, error);
  }
};

/** With what `systemctl enable` made of it. */
export const removeUnit = ({ path }: UnitPlace): void => {
  try {
    for (const target of ['multi-user.target', 'default.target'])
      rmSync(join(dirname(path), `${target}.wants`, basename(path)), { force: true });
    rmSync(path);
  } catch (error) {
    throw failed('remove', path, error);
  }
};
