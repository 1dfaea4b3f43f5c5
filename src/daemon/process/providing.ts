// Where do the provisions of all processes come from, and who hears when they are to go?

import { reaperOf } from './berth.ts';
import type { Bus } from '../../core/bus.ts';
import type { Supervisor } from '../../core/supervisor.ts';
import type { Ground } from '../life/ground.ts';
import type { RealHands } from '../hands.ts';
import type { Notices } from '../life/notices.ts';
import { NotifyDoor } from './notify-door.ts';
import { Provisions } from './provisions.ts';
import { type GroupOf, SharedSockets } from './shared-sockets.ts';
import type { Voices } from '../life/voices.ts';

interface Rooms {
  readonly ground: Ground;
  readonly voices: Voices;
  readonly notices: Notices;
  readonly bus: Bus;
}

export interface ProvidingParts {
  /** Folder of the named pipes. */
  readonly folder: string;
  readonly groupOf: GroupOf;
  /** There when the first process is launched. */
  readonly supervisor: () => Supervisor;
  readonly hands: () => RealHands;
}

const openNotifyDoor = (
  { ground, voices, notices }: Rooms,
  { supervisor, hands }: ProvidingParts,
): NotifyDoor =>
  new NotifyDoor({
    guardian: ground.guardian,
    instance: ground.instance,
    runtimeDir: ground.settings.runtimeDir,
    clock: ground.linux.clock,
    find: (name) => supervisor().find(name),
    reaperOf: ({ plan }) => reaperOf(hands().berth(plan)),
    warn: (text, process) => voices.journal.say('warn', text, process),
    notice: (text) => notices.add(text),
  });

export const provide = (rooms: Rooms, parts: ProvidingParts): Provisions => {
  const { folder, groupOf } = parts;
  const sockets = new SharedSockets({ guardian: rooms.ground.guardian, folder, groupOf });
  const notify = openNotifyDoor(rooms, parts);
  rooms.bus.subscribe((event) => {
    sockets.announce(event);
    notify.announce(event);
  });
  process.once('exit', () => sockets.closeAll());
  return new Provisions(sockets, notify);
};
