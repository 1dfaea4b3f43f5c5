// What does `exit_when` mean, and whom does it name?

import { parseSelector } from '../model/name.ts';
import type { ExitRule, GroupPlan } from '../model/plan.ts';
import { strip } from './blanks.ts';
import type { Raw } from './draft.ts';
import { isRefusal, refuse, shown } from './refusal.ts';
import type { Refusal } from './refusal.ts';

const CURE = 'any_fatal, all_exited or `NAME exits`, with commas between them';

const ruleOf = (text: string): ExitRule | Refusal => {
  const word = text.toLowerCase();
  if (word === 'any_fatal' || word === 'all_exited') return { kind: word };
  const name = /^(\S+)\s+exits$/i.exec(text)?.[1];
  return name === undefined ? refuse(`${shown(text)} is not known`, CURE) : { kind: 'exits', name };
};

/** A list, or a text with commas; `none` for no rule. */
export const exitWhen = (raw: Raw): readonly ExitRule[] | Refusal => {
  if (typeof raw !== 'string' && !Array.isArray(raw)) return refuse('a list is wanted, not a map', CURE);
  const written = (typeof raw === 'string' ? raw.split(',') : [...raw]).map(strip);
  const rules: ExitRule[] = [];
  for (const word of written.filter((one) => !/^(none)?$/i.test(one))) {
    const rule = ruleOf(word);
    if (isRefusal(rule)) return rule;
    rules.push(rule);
  }
  return rules;
};

export const exitRuleText = (rule: ExitRule): string =>
  rule.kind === 'exits' ? `${rule.name} exits` : rule.kind;

const names = (groups: readonly GroupPlan[], wanted: string): boolean => {
  const selector = parseSelector(wanted);
  if (selector.kind === 'all') return true;
  const group = groups.find(({ name }) => name === selector.group);
  if (selector.kind === 'group') return group !== undefined;
  return group?.processes.some(({ name }) => name === selector.name) ?? false;
};

/** One refusal for each name that no process has. */
export const strangersIn = (rules: readonly ExitRule[], groups: readonly GroupPlan[]): readonly Refusal[] =>
  rules.flatMap((rule) =>
    rule.kind === 'exits' && !names(groups, rule.name)
      ? [
          refuse(
            `no process is called ${shown(rule.name)}`,
            'as operators name them: NAME, GROUP:NAME or GROUP:*',
          ),
        ]
      : [],
  );
