// Who hears what happens? Subscribers, called in order; one that throws does not silence the others.

import type { Event } from '../model/event.ts';

type Subscriber = (event: Event) => void;

export interface Bus {
  announce(event: Event): void;
  /** The returned function unsubscribes. */
  subscribe(subscriber: Subscriber): () => void;
}

export const createBus = (onBug: (bug: unknown) => void): Bus => {
  const subscribers = new Set<Subscriber>();
  return {
    announce(event) {
      for (const subscriber of subscribers) {
        try {
          subscriber(event);
        } catch (bug) {
          onBug(bug);
        }
      }
    },
    subscribe(subscriber) {
      subscribers.add(subscriber);
      return () => subscribers.delete(subscriber);
    },
  };
};
