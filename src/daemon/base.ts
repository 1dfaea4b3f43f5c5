// What is there before anything else of the supervisor's own process, since all of it needs that?

import { join } from 'node:path';
import { createBus, type Bus } from '../core/bus.ts';
import { deleteLogs, findOldAuto } from '../logs/auto.ts';
import { OutputRouter, type OutputRouterOptions } from '../logs/output-router.ts';
import { createEvidence, type EvidenceGatherer } from '../oom/evidence.ts';
import type { Logging } from './life/logging.ts';
import { createNotices, type Notices } from './life/notices.ts';
import { wasAsked } from './life/past-life.ts';
import type { Setup } from './life/setup.ts';
import { PipeFolder } from './process/pipes.ts';
import { pipesOf } from './process/slot.ts';
import { widenBy } from './process/widening.ts';

/** What later steps need of earlier ones. */
export interface Base {
  readonly setup: Setup;
  readonly logging: Logging;
  readonly notices: Notices;
  readonly pipes: PipeFolder;
  /** True once the guardian that began us has died. */
  readonly guardianLost: () => boolean;
  readonly bus: Bus;
  readonly evidence: EvidenceGatherer;
  readonly outputs: OutputRouter;
  readonly onBug: (bug: unknown) => void;
}

/** Milliseconds: what can wait until the programs run, the deletion of files of earlier lives above all. */
const CLEAN_AFTER = 3000;

const wasKilled = ({ link }: Setup): boolean => {
  const past = link?.hello.past ?? null;
  return past !== null && !wasAsked(past.exit);
};

const widening = ({ guardian }: Setup): Pick<OutputRouterOptions, 'widen'> =>
  guardian === null ? {} : { widen: widenBy(guardian) };

export const openBase = ({
  setup,
  logging,
  onBug,
  guardianLost,
}: Pick<Base, 'setup' | 'logging' | 'onBug' | 'guardianLost'>): Base => {
  const { plan, settings, linux } = setup;
  const { supervisor } = plan;
  const notices = createNotices((text) => logging.journal.say('warn', text));
  const owner = {
    directory: setup.childLogDir,
    identifier: supervisor.identifier,
    instance: setup.instance,
  };
  const { clock } = linux;
  if (!supervisor.nocleanup) {
    const old = findOldAuto(owner);
    clock.after(CLEAN_AFTER, () => deleteLogs(old).forEach((text) => notices.add(text)));
  }
  // Who runs here is known before the first death asks.
  clock.after(CLEAN_AFTER, () => void linux.oom.killersHere());
  return {
    setup,
    logging,
    notices,
    pipes: new PipeFolder(setup.guardian, join(settings.runtimeDir, 'pipes'), pipesOf),
    onBug,
    guardianLost,
    bus: createBus(onBug),
    evidence: createEvidence(setup.linux.oom),
    outputs: new OutputRouter({
      logs: logging.logs,
      owner,
      clock,
      strip: supervisor.stripAnsi,
      gap: wasKilled(setup),
      ...widening(setup),
      // Without a guardian programs write to files themselves.
      ...(setup.guardian === null && { journald: null }),
    }),
  };
};
