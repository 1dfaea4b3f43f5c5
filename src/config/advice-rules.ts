// Which kinds of advice are there?

import type { Problem } from '../model/problem.ts';

/** Every rule by its name, with the one line that the documentation gives it. */
export const ADVICE_RULES = {
  'unknown-key': 'A key that neither supervisord nor tsvisor knows, with the nearest one that they do.',
  'unknown-section': 'A section that nobody reads, often a name with a capital letter.',
  'swallowed-line': 'An indented line that looks like a key or a section and is part of the value above it.',
  'wrapped-command': 'A command behind sudo, choom, setpriv and the like, with the keys that replace them.',
  'unsplit-command': 'A command that cannot be split into words, so that it will not start.',
  'shell-words': 'Pipes, redirections and variables in a command that no shell runs.',
  daemonises: 'A command that leaves the foreground, so that the supervisor loses it.',
  'group-kill': 'killasgroup, which changes nothing here: every member is killed in any case.',
  'group-stop':
    'stopasgroup, which is needed only where members must hear the stop signal before the leader ends.',
  'log-in-tmp': 'A log file in a temporary directory, where anybody may put a link in its place.',
  'socket-in-tmp': 'A control socket in a temporary directory, which cleaners remove.',
  'readable-secret': 'A password in a file that everybody on the machine can read.',
  'root-program': 'A program that asks for root.',
  'loose-environment': 'An environment line with something that is passed over where a comma should be.',
} as const;

type AdviceRule = keyof typeof ADVICE_RULES;

export interface Advice extends Problem {
  readonly rule: AdviceRule;
}
