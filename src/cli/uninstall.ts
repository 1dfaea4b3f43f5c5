// `tsvisor uninstall systemd`: how does systemd forget the unit that `install` wrote?

import { TsvisorError } from '../model/errors.ts';
import type { Run } from './commands.ts';
import { asksSystemd, requireSystemd, tellOrAct } from './systemctl.ts';
import { findUnit, removeUnit, unitPlace } from './systemd-unit.ts';

export const run: Run = async (invocation) => {
  const { words, options, terminal } = invocation;
  requireSystemd(words[0]);
  const unit = unitPlace(options);
  const found = findUnit(unit);
  if (found.kind === 'none') {
    terminal.out(`no unit ${unit.path}`);
    return 0;
  }
  if (found.kind === 'foreign' && options.force !== true)
    throw new TsvisorError('UNIT_REFUSED', {
      act: 'remove',
      path: unit.path,
      reason: 'tsvisor did not write it',
      cure: '--name the one that it wrote, or --force',
    });
  if (options.now === true) {
    asksSystemd(options);
    const disabled = tellOrAct([['disable', '--now', unit.name]], { unit, options, terminal });
    if (disabled !== 0) return disabled;
    removeUnit(unit);
    terminal.out(`removed ${unit.path}`);
    return tellOrAct([['daemon-reload']], { unit, options, terminal });
  }
  removeUnit(unit);
  terminal.out(`removed ${unit.path}; what runs goes on until it is stopped`);
  return tellOrAct([['stop', unit.name], ['daemon-reload']], { unit, options, terminal });
};
