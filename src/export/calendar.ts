// When does systemd run what cron runs? A cron expression as calendar events of systemd.time(7).

import type { SchedulePlan } from '../model/duty.ts';

const SHORTCUTS: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;

const numbered = (text: string, names: readonly string[], first: number): string =>
  text.replaceAll(/[a-z]+/gi, (name) => {
    const index = names.findIndex((one) => one.toUpperCase() === name.toUpperCase());
    return index === -1 ? name : String(index + first);
  });

/** One field; null when it has more than numbers, lists, ranges and steps. `first`: the least value. */
const field = (text: string, first: number): string | null => {
  const parts = text.split(',').map((part) => {
    const [, from, to, step] = /^(?:\*|(\d+)(?:-(\d+))?)(?:\/(\d+))?$/.exec(part) ?? [];
    if (!/^(?:\*|\d+(?:-\d+)?)(?:\/\d+)?$/.test(part)) return null;
    if (from === undefined) return step === undefined ? '*' : `${first}/${step}`;
    return `${from}${to === undefined ? '' : `..${to}`}${step === undefined ? '' : `/${step}`}`;
  });
  return parts.includes(null) ? null : parts.join(',');
};

/** Days of the week have names, and neither steps nor a range over Sunday. */
const days = (text: string): string | null => {
  const chosen = new Set<number>();
  for (const part of numbered(text, DAYS, 0).split(',')) {
    const [, from, to, step = '1'] = /^(?:\*|(\d)(?:-(\d))?)(?:\/(\d))?$/.exec(part) ?? [];
    if (!/^(?:\*|[0-7](?:-[0-7])?)(?:\/[1-7])?$/.test(part)) return null;
    const begin = Number(from ?? 0);
    const isRange = to !== undefined || from === undefined || part.includes('/');
    const end = isRange ? Number(to ?? 6) : begin;
    for (let day = begin; day <= end; day += Number(step)) chosen.add(day % 7);
  }
  return DAYS.filter((_, index) => chosen.has(index)).join(',');
};

/** For OnCalendar=, any of which is a reason to run; null when systemd cannot say it. */
export const calendarOf = ({ cron, timezone }: SchedulePlan): readonly string[] | null => {
  const words = (SHORTCUTS[cron.trim().toLowerCase()] ?? cron).trim().split(/\s+/);
  if (words.length !== 5 && words.length !== 6) return null;
  const [second = '0', minute = '', hour = '', day = '', month = '', weekday = ''] =
    words.length === 6 ? words : ['0', ...words];
  const at = [field(hour, 0), field(minute, 0), field(second, 0)];
  const date = [field(numbered(month, MONTHS, 1), 1), field(day, 1)];
  const names = days(weekday);
  if (names === null || at.includes(null) || date.includes(null)) return null;
  const zone = timezone === null ? '' : ` ${timezone}`;
  const event = (which: string, dayOfMonth: string | null | undefined): string =>
    `${which === '' ? '' : `${which} `}*-${date[0]}-${dayOfMonth} ${at.join(':')}${zone}`;
  if (weekday === '*') return [event('', date[1])];
  // Where both are said, cron means either.
  return day === '*' ? [event(names, '*')] : [event('', date[1]), event(names, '*')];
};
