// `tsvisor reread`: which groups would another reading of the config change?

import type { RereadReply } from '../model/command.ts';
import type { Run } from './commands.ts';
import { reach } from './reach.ts';

const linesOf = ({ added, changed, removed }: RereadReply): readonly string[] => [
  ...added.map((name) => `${name}: available`),
  ...changed.map((name) => `${name}: changed`),
  ...removed.map((name) => `${name}: disappeared`),
];

export const run: Run = async ({ options, terminal }) => {
  const lines = linesOf(await (await reach({ options, terminal })).reread()).toSorted();
  terminal.out(lines.length === 0 ? 'No config updates to processes' : lines.join('\n'));
  return 0;
};
