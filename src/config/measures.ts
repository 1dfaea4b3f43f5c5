// How are sizes, durations and parts of a whole written? Text to numbers; a refusal has its cure.

import { refuse, shown } from './refusal.ts';
import type { Refusal } from './refusal.ts';

const UNITS: Readonly<Record<string, number>> = { k: 1, m: 2, g: 3, t: 4 };

/** `512M`, `1.5GiB`, `64 kb`, plain bytes; powers of 1024. */
export const size = (text: string): number | Refusal => {
  const match = /^\s*(\d+(?:\.\d+)?)\s*(?:([kmgt])(?:i?b)?|b)?\s*$/i.exec(text);
  if (match === null) return refuse(`${shown(text)} is not a size`, 'e.g. 512M, 1.5G or a number of bytes');
  return Math.floor(Number(match[1]) * 1024 ** (UNITS[(match[2] ?? '').toLowerCase()] ?? 0));
};

const SECONDS_OF: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400 };

/** `10s`, `1.5m`, `250ms`, plain seconds. */
export const duration = (text: string): number | Refusal => {
  const match = /^\s*(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)?\s*$/i.exec(text);
  if (match === null)
    return refuse(`${shown(text)} is not a duration`, 'seconds, or a number with ms, s, m, h or d');
  const unit = match[2]?.toLowerCase() ?? 's';
  return (Number(match[1]) * Math.round((SECONDS_OF[unit] ?? 1) * 1000)) / 1000;
};

/** `20%` or `20`: 0 to 100. */
export const percent = (text: string): number | Refusal => {
  const match = /^\s*(\d+(?:\.\d+)?)\s*%?\s*$/.exec(text);
  const value = Number(match?.[1]);
  return match === null || value > 100
    ? refuse(`${shown(text)} is not a percentage`, 'from 0 to 100, e.g. 20')
    : value;
};
