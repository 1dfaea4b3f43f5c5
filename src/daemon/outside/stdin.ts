// A client sends bytes to the stdin of a program: are they taken?

import type { Command, Outcome } from '../../model/command.ts';
import { TsvisorError } from '../../model/errors.ts';
import { stdinOf } from '../process/slot.ts';
import type { Daemon } from '../boot.ts';
import { processNamed } from './logs-access.ts';

/** Refuses with BAD_NAME, NOT_RUNNING, STDIN_CLOSED or STDIN_FULL. */
export const sendStdin = async (
  daemon: Daemon,
  { name, bytes }: Extract<Command, { verb: 'send-stdin' }>,
): Promise<readonly Outcome[]> => {
  const { phase, plan, namespec } = processNamed(daemon, name);
  if (phase.name !== 'starting' && phase.name !== 'running')
    throw new TsvisorError('NOT_RUNNING', { name: namespec });
  const delivery =
    (await stdinOf(daemon.hands.slot(plan), daemon.setup.linux.clock)?.deliver(bytes)) ?? 'gone';
  if (delivery === 'gone') throw new TsvisorError('STDIN_CLOSED', { name: namespec });
  if (delivery !== 'sent') throw new TsvisorError('STDIN_FULL', { name: namespec, bytes: delivery.left });
  return [];
};
