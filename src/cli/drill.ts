// `tsvisor drill`: an OOM kill for real, on a copy of a program's settings under a tsvisor of its own; each step with its time.

import { createClient } from '../api/client.ts';
import { createOomClient } from '../api/client-oom.ts';
import { TsvisorError } from '../model/errors.ts';
import type { ProcessPlan } from '../model/plan.ts';
import { rehearse } from '../oom/rehearsal.ts';
import type { Invocation, Run } from './commands.ts';
import { playground, type Playground } from './drill-ground.ts';
import { configFile } from './locate.ts';
import { select } from './names.ts';
import { loadPlace, type Place } from './place.ts';
import type { Terminal } from './text/terminal.ts';

/** Milliseconds for the whole of it. */
const TIMEOUT_MS = 30_000;
const LOOK_MS = 20;

const planOf = ({ plan }: Place, word: string): ProcessPlan => {
  const all = plan.groups.flatMap(({ processes }) => processes);
  const { processes, unknown } = select([word], all);
  const [found] = processes;
  if (found !== undefined) return found;
  throw unknown[0]?.error ?? new TsvisorError('BAD_NAME', { name: word });
};

/** Its user, directory and limits are used twice while the drill lasts: the operator must know. */
const refuseWhileRunning = async (place: Place, plan: ProcessPlan): Promise<void> => {
  const status = await createClient(place.socket)
    .status()
    .catch((error: unknown) => {
      if (error instanceof TsvisorError && error.code === 'NOT_RUNNING_HERE') return null;
      throw error;
    });
  const own = status?.processes.find(({ group, name }) => group === plan.group && name === plan.name);
  if (own !== undefined && own.pid !== 0)
    throw new TsvisorError('BAD_OPTION', {
      option: 'drill',
      reason: `${plan.name} is running for real (pid ${own.pid}); a copy is drilled and it is not touched, say so with --yes`,
    });
};

const after = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms));

/** The incident when what followed it is known, too. */
const awaitIncident = async (ground: Playground) => {
  const client = createOomClient(ground.socket);
  const deadline = performance.now() + TIMEOUT_MS;
  for (;;) {
    const [incident] = (await client.incidents()).incidents;
    if (incident?.acts.some(({ text }) => ground.last.test(text)) === true) return incident;
    if (performance.now() > deadline)
      throw new TsvisorError('NOT_IN_TIME', {
        names: 'drill',
        state: 'killed and restarted',
        seconds: TIMEOUT_MS / 1000,
      });
    await after(LOOK_MS);
  }
};

const playForReal = async (ground: Playground, terminal: Terminal): Promise<number> => {
  const begun = performance.now();
  const say = (text: string): void =>
    terminal.out(`${`+${Math.round(performance.now() - begun)} ms`.padStart(10)}  ${text}`);
  say(`a copy of ${ground.name} eats memory under a limit of 48 MB, in a cgroup of its own`);
  ground.eat();
  const { verdict, acts, members } = await awaitIncident(ground);
  say(`detected and judged: oom ${verdict.oom}, cause ${verdict.cause}`);
  terminal.out(`            ${verdict.because}`);
  if (members.length > 0)
    terminal.out(`            left behind: ${members.map(({ pid, comm }) => `${pid} ${comm}`).join(', ')}`);
  for (const { after: ms, text } of acts)
    terminal.out(`${`+${ms} ms`.padStart(10)}  after the verdict: ${text}`);
  return verdict.oom === 'certain' ? 0 : 1;
};

const playRecorded = (terminal: Terminal): number => {
  const verdict = rehearse();
  terminal.out('no memory cgroup can be made here, so nothing is killed: a recorded kill is judged instead');
  terminal.out(`  judged: oom ${verdict.oom}, cause ${verdict.cause}`);
  terminal.out(`  ${verdict.because}`);
  return verdict.oom === 'certain' ? 0 : 1;
};

const drill = async (plan: ProcessPlan, { terminal }: Invocation): Promise<number> => {
  const ground = await playground(plan);
  try {
    const { supervisor } = await createClient(ground.socket).status();
    return supervisor.memoryController === null
      ? playRecorded(terminal)
      : await playForReal(ground, terminal);
  } finally {
    await ground.close();
  }
};

export const run: Run = async (invocation) => {
  const { words, options } = invocation;
  const place = await loadPlace(configFile(options.config));
  const plan = planOf(place, words[0] ?? '');
  if (options.yes !== true) await refuseWhileRunning(place, plan);
  return drill(plan, invocation);
};
