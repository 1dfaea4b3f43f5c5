// What is known of one key in an export: how it reads, and what each target makes of it.

import type { ProcessPlan } from '../model/plan.ts';

export type Target = 'systemd' | 'kubernetes' | 'nomad';

/** The export says it; it means nothing there; or why there is no equivalent. */
export type Treatment = 'said' | 'void' | (string & {}) | ((one: ProcessPlan) => string | null);

export interface Row extends Readonly<Record<Target, Treatment>> {
  /** As the config says it; null where it is as it always is. */
  readonly text: (one: ProcessPlan) => string | null;
}

export const set = (key: string, value: unknown, usual: unknown): string | null =>
  value === usual ? null : `${key}=${String(value)}`;

export const everywhere = (treatment: Treatment): Readonly<Record<Target, Treatment>> => ({
  systemd: treatment,
  kubernetes: treatment,
  nomad: treatment,
});

export const SAID = { text: () => null, ...everywhere('said') };
export const VOID = { text: () => null, ...everywhere('void') };
