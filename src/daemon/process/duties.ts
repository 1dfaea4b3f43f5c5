// What do programs of this plan ask for beside being run? Health checks and schedules; the code for each is loaded
// when the first one does.

import { join } from 'node:path';
import type { Bus } from '../../core/bus.ts';
import type { Process } from '../../core/process.ts';
import type { Supervisor } from '../../core/supervisor.ts';
import type { Timetable } from '../../core/timetable.ts';
import type { Listening } from '../../logs/capture.ts';
import type { StreamName } from '../../logs/open-outputs.ts';
import type { ProcessPlan } from '../../model/plan.ts';
import { chooseScore } from '../../oom/score.ts';
import { COOKIE } from '../../spawn/containment.ts';
import { environmentOf } from './environment.ts';
import type { Setup } from '../life/setup.ts';
import type { HealthChecks } from './health-checks.ts';
import type { Notices } from '../life/notices.ts';

export interface DutiesParts {
  readonly setup: Setup;
  readonly bus: Bus;
  readonly notices: Notices;
  /** There when the first process is launched. */
  readonly supervisor: () => Supervisor;
  readonly onBug: (bug: unknown) => void;
}

/** As the program sees the world, with whom it is about; it is none of its members. */
const variablesFor = (
  { plan, namespec, leader }: Process,
  { plan: whole }: Setup,
): Record<string, string> => {
  const { [COOKIE]: _, ...variables } = environmentOf({ plan, supervisor: whole.supervisor, cookie: '' });
  return { ...variables, TSVISOR_PROCESS: namespec, TSVISOR_PID: String(leader?.pid ?? '') };
};

export class Duties {
  readonly #parts: DutiesParts;
  #health: HealthChecks | null = null;
  #timetable: Timetable | null = null;

  constructor(parts: DutiesParts) {
    this.#parts = parts;
  }

  /** Before the first launch of processes with these plans. */
  async prepare(plans: readonly ProcessPlan[]): Promise<void> {
    if (this.#health === null && plans.some(({ duty }) => duty.health !== null))
      this.#health = await this.#openHealth();
    if (this.#timetable === null && plans.some(({ duty }) => duty.schedule !== null))
      this.#timetable = await this.#openTimetable();
  }

  /** Once per second. */
  tick(): void {
    if (this.#parts.supervisor().mood === 'RUNNING') this.#timetable?.tick();
  }

  /** Plans have changed while programs run. */
  adopted(): void {
    this.#health?.adopted();
    this.#timetable?.adopt();
  }

  /** Who waits for a line of a process; null where nobody does. */
  listening(plan: ProcessPlan): (stream: StreamName) => Listening | null {
    return this.#health?.listening(plan) ?? (() => null);
  }

  async #openTimetable(): Promise<Timetable> {
    const { openTimetable } = await import('./timetable-file.ts');
    const { setup, bus, notices, supervisor, onBug } = this.#parts;
    const timetable = openTimetable({
      path: join(setup.settings.runtimeDir, 'schedule.json'),
      processes: () => supervisor().processes,
      wall: () => setup.linux.clock.wall(),
      announce: (event) => bus.announce(event),
      notice: (text) => notices.add(text),
      onBug,
    });
    bus.subscribe((event) => {
      if (event.type === 'group') timetable.adopt();
    });
    return timetable;
  }

  async #openHealth(): Promise<HealthChecks> {
    const [{ HealthChecks: Room }, { runCommand }] = await Promise.all([
      import('./health-checks.ts'),
      import('../../spawn/command.ts'),
    ]);
    const { setup, bus, notices, supervisor, onBug } = this.#parts;
    const { processes, clock } = setup.linux;
    const score = chooseScore({ kind: 'auto' }, setup.score);
    return new Room({
      bus,
      clock,
      processes: () => supervisor().processes,
      find: (name) => supervisor().find(name),
      exec: async (process, command, abort) => {
        let said = '';
        const failure = await runCommand({
          command,
          variables: variablesFor(process, setup),
          directory: process.plan.directory,
          account: process.plan.user,
          abort,
          began: (pid) => void processes.setScore(pid, score),
          wrote: (text) => (said = text),
        });
        return failure === null || said.trim() === '' ? failure : `${failure}: ${said}`;
      },
      notice: (text) => notices.add(text),
      hears: setup.guardian !== null,
      onBug,
    });
  }
}
