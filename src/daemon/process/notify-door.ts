// Does any process want to speak by sd_notify? Then, and only then, the room is opened where it is heard.

import type { Event } from '../../model/event.ts';
import type { ProcessPlan } from '../../model/plan.ts';
import type { NotifyRoom, NotifyRoomParts } from './notify-room.ts';

/** Without a guardian nobody serves the socket. */
export type NotifyDoorParts = Omit<NotifyRoomParts, 'guardian'> & { readonly guardian: string | null };

const NO_GUARDIAN =
  'it speaks by sd_notify (notify, watchdog), which needs the guardian; run `npm run build`';

export class NotifyDoor {
  readonly #parts: NotifyDoorParts;
  #opening: Promise<NotifyRoom> | null = null;
  #room: NotifyRoom | null = null;

  constructor(parts: NotifyDoorParts) {
    this.#parts = parts;
  }

  /** Before each launch: why a process that wants to speak cannot be heard; null when it can, or does not want to. */
  async refusal(plan: ProcessPlan): Promise<string | null> {
    const { guardian } = this.#parts;
    if (plan.notify === null) return null;
    if (guardian === null) return NO_GUARDIAN;
    this.#room ??= await (this.#opening ??= this.#open(guardian));
    return this.#room.ready(plan);
  }

  /** NOTIFY_SOCKET and WATCHDOG_USEC as sd_notify(3) and sd_watchdog_enabled(3) have them; any member may speak, hence no WATCHDOG_PID. */
  variables({ notify }: ProcessPlan): Record<string, string> {
    if (notify === null || this.#room === null) return {};
    const watchdog =
      notify.watchdog === null ? {} : { WATCHDOG_USEC: String(Math.round(notify.watchdog * 1e6)) };
    return { NOTIFY_SOCKET: this.#room.address, ...watchdog };
  }

  /** A subscriber of the bus. */
  announce(event: Event): void {
    this.#room?.announce(event);
  }

  async #open(guardian: string): Promise<NotifyRoom> {
    const { NotifyRoom: Room } = await import('./notify-room.ts');
    return new Room({ ...this.#parts, guardian });
  }
}
