// Which file takes which memory limit, and what can be enforced at all? One setter per version of the controller.

import { existsSync } from 'node:fs';
import { release } from 'node:os';
import { writeText } from './files.ts';
import type { MemoryLimits } from './port.ts';

export interface Limited {
  /** Name of the file that enforces the hard limit (or the soft one, where there is no hard one). */
  readonly enforcedBy: string | null;
  /** What is not enforced, and why; null when all is. */
  readonly refusal: string | null;
}

const refused = (file: string, code: string): string => `${file}: ${code}`;

const words = (refusals: readonly (string | null)[]): string | null => {
  const real = refusals.filter((refusal) => refusal !== null);
  return real.length === 0 ? null : real.join('; ');
};

/** memory.high can livelock before Linux 5.9 (commit b3ff92916af3): tasks loop in reclaim without being killed. */
const HIGH_SINCE = [5, 9] as const;

export const highIsSafe = (kernel: string): boolean => {
  const [major = 0, minor = 0] = kernel.split('.').map((part) => Number.parseInt(part, 10));
  return major > HIGH_SINCE[0] || (major === HIGH_SINCE[0] && minor >= HIGH_SINCE[1]);
};

/** Writes where there is something to write, or something to take back. */
const write = (file: string, value: string | null, none: string): string | null => {
  if (value === null && !existsSync(file)) return null;
  const code = writeText(file, value ?? none);
  return code === null ? null : refused(file, code);
};

const text = (limit: number | null | undefined): string | null =>
  limit === null || limit === undefined ? null : String(limit);

export const setV2 = (folder: string, { max, high, swap, oomGroup = false }: MemoryLimits): Limited => {
  const maxRefusal = write(`${folder}/memory.max`, text(max), 'max');
  if (maxRefusal !== null) return { enforcedBy: null, refusal: maxRefusal };
  const highRefusal =
    high !== null && !highIsSafe(release())
      ? `memory_high can make this kernel (${release()}) hang: it needs Linux 5.9`
      : write(`${folder}/memory.high`, text(high), 'max');
  const byHigh = high === null || highRefusal !== null ? null : 'memory.high';
  const swapRefusal = write(`${folder}/memory.swap.max`, text(swap), 'max');
  const groupRefusal = write(`${folder}/memory.oom.group`, oomGroup ? '1' : null, '0');
  return {
    enforcedBy: max === null ? byHigh : 'memory.max',
    refusal: words([highRefusal, swapRefusal, groupRefusal]),
  };
};

/** v1 limits memory and swap together, and never less than memory alone: so the sum is lifted first and set last. */
const setSum = (folder: string, max: number | null, swap: number | null): string | null => {
  const file = `${folder}/memory.memsw.limit_in_bytes`;
  if (swap === null || max === null)
    return swap === null ? null : 'memory_swap_max needs memory_max where the memory controller is v1';
  if (!existsSync(file)) return 'memory_swap_max needs swap accounting (boot with swapaccount=1)';
  return write(file, String(max + swap), '-1');
};

/** v1 has no limit that slows down, only one that kills. */
export const setV1 = (
  folder: string,
  { max, high, swap = null, oomGroup = false }: MemoryLimits,
): Limited => {
  const file = `${folder}/memory.limit_in_bytes`;
  if (existsSync(`${folder}/memory.memsw.limit_in_bytes`))
    writeText(`${folder}/memory.memsw.limit_in_bytes`, '-1');
  const code = writeText(file, text(max) ?? '-1');
  if (code !== null) return { enforcedBy: null, refusal: refused(file, code) };
  return {
    enforcedBy: max === null ? null : 'memory.limit_in_bytes',
    refusal: words([
      high === null ? null : 'memory_high needs cgroup v2; here the memory controller is v1',
      setSum(folder, max, swap),
      oomGroup ? 'memory_oom_group needs cgroup v2; tsvisor sweeps the members itself' : null,
    ]),
  };
};
