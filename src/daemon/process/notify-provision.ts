// Does any process want to speak by sd_notify? Then, and only then, the receiver of its messages is opened.

import type { Event } from '../../model/event.ts';
import type { ProcessPlan } from '../../model/plan.ts';
import type { NotifyReceiver, NotifyReceiverParts } from './notify-receiver.ts';

/** Without a guardian nobody serves the socket. */
export type NotifyProvisionParts = Omit<NotifyReceiverParts, 'guardian'> & {
  readonly guardian: string | null;
};

const NO_GUARDIAN =
  'it speaks by sd_notify (notify, watchdog), which needs the guardian; run `npm run build`';

export class NotifyProvision {
  readonly #parts: NotifyProvisionParts;
  #opening: Promise<NotifyReceiver> | null = null;
  #receiver: NotifyReceiver | null = null;

  constructor(parts: NotifyProvisionParts) {
    this.#parts = parts;
  }

  /** Before each launch: why a process that wants to speak cannot be heard; null when it can, or does not want to. */
  async refusal(plan: ProcessPlan): Promise<string | null> {
    const { guardian } = this.#parts;
    if (plan.notify === null) return null;
    if (guardian === null) return NO_GUARDIAN;
    this.#receiver ??= await (this.#opening ??= this.#open(guardian));
    return this.#receiver.ready(plan);
  }

  /** NOTIFY_SOCKET and WATCHDOG_USEC as sd_notify(3) and sd_watchdog_enabled(3) have them; any member may speak, hence no WATCHDOG_PID. */
  variables({ notify }: ProcessPlan): Record<string, string> {
    if (notify === null || this.#receiver === null) return {};
    const watchdog =
      notify.watchdog === null ? {} : { WATCHDOG_USEC: String(Math.round(notify.watchdog * 1e6)) };
    return { NOTIFY_SOCKET: this.#receiver.address, ...watchdog };
  }

  /** A subscriber of the bus. */
  announce(event: Event): void {
    this.#receiver?.announce(event);
  }

  async #open(guardian: string): Promise<NotifyReceiver> {
    const { NotifyReceiver: Room } = await import('./notify-receiver.ts');
    return new Room({ ...this.#parts, guardian });
  }
}
