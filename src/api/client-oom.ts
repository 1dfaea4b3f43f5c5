// How does a program ask a running tsvisor about the OOM killer? Calls beside those of client.ts, loaded only by who needs them.

import type { Outcome } from '../model/command.ts';
import type { IncidentsReply, OomRankReply } from '../model/oom-report.ts';
import { ask } from './client.ts';
import { TIMEOUT_MS, unreachable, type Timing } from './exchange.ts';

/** Every call refuses with a TsvisorError, as those of `Client` do. */
export interface OomClient {
  /** Assumptions as text: `web=+500,db=-300` and `web=512M`. */
  rank(asked: { readonly whatIf: string; readonly limits: string }): Promise<OomRankReply>;
  incidents(): Promise<IncidentsReply>;
  setScore(names: readonly string[], score: string): Promise<readonly Outcome[]>;
}

const isRank = (value: unknown): value is OomRankReply =>
  typeof value === 'object' && value !== null && 'domains' in value && 'memory' in value;

const isIncidents = (value: unknown): value is IncidentsReply =>
  typeof value === 'object' && value !== null && 'incidents' in value && 'folder' in value;

const isOutcomes = (value: unknown): value is { readonly outcomes: readonly Outcome[] } =>
  typeof value === 'object' && value !== null && 'outcomes' in value && Array.isArray(value.outcomes);

const expect = <T>(socket: string, value: unknown, isIt: (value: unknown) => value is T): T => {
  if (isIt(value)) return value;
  throw unreachable(socket, 'what answers there is no tsvisor of this version');
};

export const createOomClient = (socket: string, { timeout = TIMEOUT_MS, onSlow }: Timing = {}): OomClient => {
  const get = (path: string): Promise<unknown> => ask({ socket, method: 'GET', path, timeout, onSlow });
  return {
    async rank(asked) {
      const path = `/api/v1/oom?${new URLSearchParams({ ...asked }).toString()}`;
      return expect(socket, await get(path), isRank);
    },
    async incidents() {
      return expect(socket, await get('/api/v1/incidents'), isIncidents);
    },
    async setScore(names, score) {
      const body = { names, score };
      const path = '/api/v1/set-score';
      const reply = await ask({ socket, method: 'POST', path, body, timeout, onSlow });
      return expect(socket, reply, isOutcomes).outcomes;
    },
  };
};
