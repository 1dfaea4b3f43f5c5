// How are numbers and times written for people, in few letters?

import type { Score } from '../model/event.ts';
import type { ProcessSummary } from '../model/process-summary.ts';
import { isGivenUp, type Exit } from '../model/phase.ts';
import { isOom } from '../model/verdict.ts';

const UNITS = ['B', 'K', 'M', 'G', 'T'] as const;

/** Three digits: `512B`, `45.1M`, `1.20G`. */
export const bytesWords = (bytes: number | null): string => {
  if (bytes === null) return '–';
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 ? value : value.toPrecision(3)}${UNITS[unit] ?? ''}`;
};

export const percentWords = (percent: number | null): string => {
  if (percent === null) return '–';
  return percent < 9.95 ? percent.toFixed(1) : percent.toFixed(0);
};

const two = (value: number): string => String(value).padStart(2, '0');

/** `0:05`, `3:04:05`, `2d 3h`. Seconds in. */
export const uptimeWords = (seconds: number): string => {
  const days = Math.trunc(seconds / 86_400);
  const hours = Math.trunc((seconds % 86_400) / 3600);
  if (days > 0) return `${days}d ${hours}h`;
  const rest = `${two(Math.trunc((seconds % 3600) / 60))}:${two(Math.trunc(seconds % 60))}`;
  return hours > 0 ? `${hours}:${rest}` : rest.replace(/^0/, '');
};

/** `2026-01-31 14:05:09`, local time. Epoch milliseconds in. */
export const timeWords = (at: number): string => {
  const date = new Date(at);
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
};

export const exitWords = ({ code, signal }: Exit): string =>
  signal ?? (code === null ? 'unseen' : `exit ${code}`);

/** `oom certain`, `exit 1`, `SIGTERM`; empty when it never died. */
export const deathWords = (lastDeath: ProcessSummary['lastDeath']): string => {
  if (lastDeath === null) return '';
  const { verdict, exit, reason } = lastDeath;
  if (isOom(verdict)) return `oom ${verdict?.oom ?? ''}`;
  return isGivenUp(reason) ? reason : exitWords(exit);
};

export const scoreWords = (score: Score | null): string => {
  if (score === null) return '–';
  return score.requested === score.effective
    ? String(score.effective)
    : `${score.requested}→${score.effective}`;
};
