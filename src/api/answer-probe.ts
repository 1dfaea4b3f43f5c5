// Is the supervisor alive, and is everything up that it starts by itself? For probes, which bring no password: then without names.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Ask, ReadinessReply } from '../model/command.ts';
import { typedAsk } from './method.ts';
import { sendJson } from './send.ts';

const PROBES = ['/healthz', '/readyz'] as const;
type Probe = (typeof PROBES)[number];

/** Which probe a request is; null when it is none. */
export const probeIn = ({ method, url = '' }: IncomingMessage): Probe | null => {
  if (method !== 'GET' && method !== 'HEAD') return null;
  const [path] = url.split('?', 1);
  return PROBES.find((probe) => probe === path) ?? null;
};

const onWire = ({ ready, waiting }: ReadinessReply, isKnown: boolean): unknown =>
  isKnown ? { ready, waiting } : { ready, waiting: waiting.length };

/** 200, or 503 while something is not ready. `isKnown`: who asks may see names. */
export const answerProbe = async (
  response: ServerResponse,
  probe: Probe,
  { ask, isKnown }: { readonly ask: Ask; readonly isKnown: boolean },
): Promise<void> => {
  response.setHeader('cache-control', 'no-store');
  if (probe === '/healthz') return sendJson(response, 200, { ok: true });
  const readiness = await typedAsk(ask)({ verb: 'readiness' });
  sendJson(response, readiness.ready ? 200 : 503, onWire(readiness, isKnown));
};
