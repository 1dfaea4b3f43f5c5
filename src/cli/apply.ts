// `tsvisor apply`: the config is read anew, and only what differs is changed; the reasons are told.

import type { ApplyReply, ApplyStep } from '../model/command.ts';
import { namespec } from '../model/name.ts';
import type { Run } from './commands.ts';
import { reach } from './reach.ts';
import { painter, type Style, type Terminal } from './text/terminal.ts';

type Act = ApplyStep['act'];

const DONE: Readonly<Record<Act, string>> = {
  add: 'added',
  remove: 'removed',
  restart: 'restarted',
  live: 'changed while running',
};

const PLANNED: Readonly<Record<Act, string>> = {
  add: 'would be added',
  remove: 'would be removed',
  restart: 'would be restarted',
  live: 'would be changed while running',
};

const STYLE: Readonly<Record<Act, Style>> = { add: 'green', remove: 'red', restart: 'yellow', live: 'cyan' };

const nameOf = ({ group, name }: ApplyStep): string => (name === null ? group : namespec({ group, name }));

const tell = ({ steps, applied, notices }: ApplyReply, terminal: Terminal): void => {
  const paint = painter(terminal.color);
  const words = applied ? DONE : PLANNED;
  if (steps.length === 0) terminal.out('nothing to change');
  for (const step of steps) {
    const why = step.why === '' ? '' : ` (${step.why})`;
    terminal.out(`${nameOf(step)}: ${paint(STYLE[step.act], words[step.act])}${why}`);
  }
  for (const notice of notices) terminal.err(`${paint('yellow', 'note:')} ${notice}`);
};

export const run: Run = async ({ options, terminal }) => {
  const reply = await (await reach({ options, terminal })).apply({ dryRun: options.dryRun === true });
  if (options.json === true) terminal.out(JSON.stringify(reply, null, 2));
  else tell(reply, terminal);
  return 0;
};
