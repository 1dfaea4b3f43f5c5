// What may the line that is being typed go on with?

import { ACTION_NAMES } from './actions.ts';
import { recordsOf, textOf, type Fields } from './fields.ts';
import type { Session } from './session.ts';

const OF_GROUPS: ReadonlySet<string> = new Set(['add', 'remove', 'update']);
const OF_PROCESSES: ReadonlySet<string> = new Set([
  'clear',
  'fg',
  'pid',
  'restart',
  'signal',
  'start',
  'status',
  'stop',
  'tail',
]);

const groups = (infos: readonly Fields[]): readonly string[] => infos.map((info) => textOf(info, 'group'));

const processes = (infos: readonly Fields[], part: string): readonly string[] =>
  infos.flatMap((info) => {
    const [group, name] = [textOf(info, 'group'), textOf(info, 'name')];
    return part.includes(':') || group !== name ? [`${group}:${name}`, `${group}:*`] : [name];
  });

const candidates = async (session: Session, line: string, part: string): Promise<readonly string[]> => {
  const [action = '', ...rest] = line.trimStart().split(/\s+/);
  if (rest.length === 0) return ACTION_NAMES;
  if (action === 'help') return ACTION_NAMES;
  if (!OF_GROUPS.has(action) && !OF_PROCESSES.has(action)) return [];
  const infos = recordsOf(await session.call('getAllProcessInfo'));
  return OF_GROUPS.has(action) ? groups(infos) : processes(infos, part);
};

/** The words that fit, each with a blank behind it, and the part of the line that they replace. */
export const completeLine = async (
  session: Session,
  line: string,
): Promise<readonly [readonly string[], string]> => {
  const part = /\S*$/.exec(line)?.[0] ?? '';
  const words = new Set(await candidates(session, line, part));
  return [[...words].filter((word) => word.startsWith(part)).map((word) => `${word} `), part];
};
