// What is a process given at its launch besides its streams? Sockets, a place to speak to, and the variables that tell of them.

import type { Cgroup } from '../../kernel/port.ts';
import type { ProcessPlan } from '../../model/plan.ts';
import type { NotifyProvision } from './notify-provision.ts';
import { pressureVariables } from '../memory/pressure.ts';
import type { SharedSockets } from './shared-sockets.ts';

/** As sd_listen_fds(3) has them. The guardian, which knows the leader's pid, fills it in. */
const listenVariables = ({ sockets }: ProcessPlan): Record<string, string> =>
  sockets.length === 0
    ? {}
    : {
        LISTEN_FDS: String(sockets.length),
        LISTEN_FDNAMES: sockets.map(({ name }) => name).join(':'),
        LISTEN_PID: '0',
      };

export class Provisions {
  readonly #sockets: SharedSockets;
  readonly #notify: NotifyProvision;

  constructor(sockets: SharedSockets, notify: NotifyProvision) {
    this.#sockets = sockets;
    this.#notify = notify;
  }

  /** Why something of it cannot be had, with a cure; null when all is there. */
  async refusal(plan: ProcessPlan): Promise<string | null> {
    return (await this.#sockets.refusal(plan)) ?? this.#notify.refusal(plan);
  }

  variables(plan: ProcessPlan, cgroup: Cgroup | null): Record<string, string> {
    return { ...pressureVariables(plan, cgroup), ...this.#notify.variables(plan), ...listenVariables(plan) };
  }

  /** The config has changed: frees what no process needs any more. */
  tidy(): void {
    this.#sockets.tidy();
  }
}
