// Where do the provisions of all processes come from, and who hears when they are to go?

import { reaperOf } from './slot.ts';
import type { Supervisor } from '../../core/supervisor.ts';
import type { Base } from '../base.ts';
import type { RealHands } from '../hands.ts';
import { NotifyProvision } from './notify-provision.ts';
import { Provisions } from './provisions.ts';
import { type GroupOf, SharedSockets } from './shared-sockets.ts';

export interface ProvidingParts {
  /** Folder of the named pipes. */
  readonly folder: string;
  readonly groupOf: GroupOf;
  /** There when the first process is launched. */
  readonly supervisor: () => Supervisor;
  readonly hands: () => RealHands;
}

const openNotifyProvision = (
  { setup, logging, notices }: Base,
  { supervisor, hands }: ProvidingParts,
): NotifyProvision =>
  new NotifyProvision({
    guardian: setup.guardian,
    instance: setup.instance,
    runtimeDir: setup.settings.runtimeDir,
    clock: setup.linux.clock,
    find: (name) => supervisor().find(name),
    reaperOf: ({ plan }) => reaperOf(hands().slot(plan)),
    warn: (text, process) => logging.journal.say('warn', text, process),
    notice: (text) => notices.add(text),
  });

export const provide = (base: Base, parts: ProvidingParts): Provisions => {
  const { folder, groupOf } = parts;
  const sockets = new SharedSockets({ guardian: base.setup.guardian, folder, groupOf });
  const notify = openNotifyProvision(base, parts);
  base.bus.subscribe((event) => {
    sockets.announce(event);
    notify.announce(event);
  });
  process.once('exit', () => sockets.closeAll());
  return new Provisions(sockets, notify);
};
