// Who asks systemd to do what follows from a unit that was written or removed: `--now` we, else whoever reads this?

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { TsvisorError } from '../model/errors.ts';
import type { Invocation } from './commands.ts';
import type { UnitPlace } from './systemd-unit.ts';
import type { Terminal } from './text/terminal.ts';

/** Refuses with BAD_OPTION what is not `systemd`. */
export const requireSystemd = (what: string | undefined): void => {
  if (what !== 'systemd')
    throw new TsvisorError('BAD_OPTION', { option: what ?? 'nothing', reason: 'there is systemd' });
};

/** Refuses `--now` where no systemd runs: nothing has been written then. */
export const asksSystemd = ({ user = false }: Invocation['options']): void => {
  if (existsSync('/run/systemd/system') || (user && process.env['DBUS_SESSION_BUS_ADDRESS'] !== undefined))
    return;
  throw new TsvisorError('BAD_OPTION', { option: '--now', reason: 'systemd does not run here' });
};

interface Following {
  readonly unit: UnitPlace;
  readonly options: Invocation['options'];
  readonly terminal: Terminal;
  /** Further commands, only told. */
  readonly also?: readonly string[];
}

/** Runs `systemctl` with each of the word lists, or tells what to run. Answers an exit status. */
export const tellOrAct = (
  steps: readonly (readonly string[])[],
  { unit: { systemctl }, options, terminal, also = [] }: Following,
): number => {
  const commands = steps.map((words) => [...systemctl, ...words]);
  if (options.now !== true) {
    terminal.out(
      `next:\n${[...commands.map((one) => one.join(' ')), ...also].map((line) => `  ${line}`).join('\n')}`,
    );
    return 0;
  }
  for (const [file = '', ...words] of commands) {
    terminal.out([file, ...words].join(' '));
    const { status } = spawnSync(file, words, { stdio: 'inherit' });
    if (status !== 0) return status ?? 1;
  }
  for (const line of also) terminal.out(`next: ${line}`);
  return 0;
};
