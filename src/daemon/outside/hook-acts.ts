// What do hooks do? A command beside the programs, with their score and not ours, or a request to an address.

import { hostname } from 'node:os';
import type { Send } from '../../events/hook.ts';
import { HookDispatcher } from '../../events/hook-dispatcher.ts';
import { variablesOf } from '../../events/message.ts';
import { webhookTo } from '../../events/webhook.ts';
import type { Linux } from '../../kernel/linux.ts';
import type { Journal } from '../../logs/journal.ts';
import type { HookAct, HookPlan } from '../../model/hook.ts';
import { chooseScore } from '../../oom/score.ts';
import { runCommand } from '../../spawn/command.ts';

export interface HookFacts {
  /** supervisord's identifier. */
  readonly supervisor: string;
  /** Our effective oom_score_adj. */
  readonly score: number;
  readonly linux: Pick<Linux, 'processes' | 'clock'>;
  readonly journal: Pick<Journal, 'say'>;
}

/** Lines of a command's output that the journal takes. */
const LINES = 20;

const sayLines = (name: string, text: string, journal: HookFacts['journal']): void => {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  for (const line of lines.slice(0, LINES)) journal.say('info', `hook ${name}: ${line}`);
};

/** Whatever fails may be mended by the next attempt. */
const runTo = (plan: HookPlan, { command }: HookAct & { kind: 'run' }, facts: HookFacts): Send => {
  const { linux, journal, score } = facts;
  const adj = chooseScore({ kind: 'auto' }, score);
  return async (message, abort) => {
    const why = await runCommand({
      command,
      variables: { TSVISOR_HOOK: plan.name, ...variablesOf(message) },
      input: `${JSON.stringify(message)}\n`,
      timeout: plan.timeout * 1000,
      abort,
      began: (pid) => void linux.processes.setScore(pid, adj),
      wrote: (text) => sayLines(plan.name, text, journal),
    });
    return why === null ? null : { why, final: false };
  };
};

export const openHookDispatcher = (facts: HookFacts): HookDispatcher =>
  new HookDispatcher({
    host: hostname(),
    supervisor: facts.supervisor,
    clock: facts.linux.clock,
    say: (text) => facts.journal.say('warn', text),
    sendOf: (plan) =>
      plan.act.kind === 'run' ? runTo(plan, plan.act, facts) : webhookTo(plan.act, plan.timeout),
  });
