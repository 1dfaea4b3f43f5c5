// When does a schedule run next? Cron expressions in a time zone, summer time included.

import { errorText } from '../model/errors.ts';
import { Cron } from 'croner';
import type { SchedulePlan } from '../model/duty.ts';
import { refuse } from './refusal.ts';
import type { Refusal } from './refusal.ts';

type When = Pick<SchedulePlan, 'cron' | 'timezone'>;

const open = ({ cron, timezone }: When): Cron =>
  new Cron(cron, { paused: true, mode: '5-or-6-parts', ...(timezone !== null && { timezone }) });

/** Epoch milliseconds in and out: the first run after `after`; null when there is none any more. */
export const nextRun = (when: When, after: number): number | null =>
  open(when).nextRun(new Date(after))?.getTime() ?? null;

/** Why it cannot be a schedule; null when it can. */
export const refuseCron = (when: When): Refusal | null => {
  try {
    return nextRun(when, Date.now()) === null
      ? refuse(`'${when.cron}' never comes`, 'e.g. 30 4 * * *: at 4:30 every day')
      : null;
  } catch (error) {
    const why = errorText(error).replace(/^Cron\w*: /, '');
    return refuse(
      `'${when.cron}'${when.timezone === null ? '' : ` in ${when.timezone}`} is no schedule: ${why}`,
      'minute, hour, day, month, weekday: 30 4 * * 1-5; a time zone such as Europe/Berlin',
    );
  }
};
