// Which socket units open what programs share, as descriptor 0 (FastCGI) or by LISTEN_FDS?

import type { ListenSocketPlan, Plan, ProcessPlan, SharedSocketPlan } from '../model/plan.ts';
import type { Part } from './exported.ts';
import type { UnitNames } from './systemd-names.ts';
import { value, type UnitLine, type UnitSection } from './unit-text.ts';

interface Sharing {
  readonly plan: Plan;
  readonly names: UnitNames;
  readonly parts: readonly Part[];
}

interface SocketUnit {
  readonly name: string;
  readonly sections: readonly UnitSection[];
}

const listenAt = (url: string): string =>
  url.startsWith('unix://') ? url.slice('unix://'.length) : url.replace(/^tcp:\/\/(?:\*?:)?/, '');

const socketLines = ({ url, backlog, mode, owner }: SharedSocketPlan): readonly UnitLine[] => [
  ['ListenStream', value(listenAt(url))],
  ...(backlog === null ? [] : ([['Backlog', String(backlog)]] as const)),
  ...(mode === null ? [] : ([['SocketMode', mode.toString(8).padStart(4, '0')]] as const)),
  ...(owner === null ? [] : ([['SocketUser', String(owner.uid)]] as const)),
  ...(owner === null || owner.gid < 0 ? [] : ([['SocketGroup', String(owner.gid)]] as const)),
];

interface Opening {
  readonly socket: SharedSocketPlan | ListenSocketPlan;
  readonly unit: string;
  /** The first of those that share it; the others name the unit. */
  readonly service: string;
}

const socketUnit = ({ socket, unit, service }: Opening): SocketUnit => ({
  name: unit,
  sections: [
    { name: 'Unit', lines: [['Description', value(`${socket.url}, shared`)]] },
    {
      name: 'Socket',
      lines: [
        ...socketLines(socket),
        ...('name' in socket ? ([['FileDescriptorName', socket.name]] as const) : []),
        ['Service', service],
      ],
    },
    { name: 'Install', lines: [['WantedBy', 'sockets.target']] },
  ],
});

const unitOf = ({ names }: Sharing, { group, program }: ProcessPlan, { name }: ListenSocketPlan): string =>
  group === program ? names.socket(group, name) : names.socket(group, program, name);

const fcgiOf = ({ plan }: Sharing, { group }: ProcessPlan): SharedSocketPlan | undefined =>
  plan.groups.find(({ name }) => name === group)?.socket;

/** What a service says of the sockets that it gets. */
export const sharedLines = (sharing: Sharing, one: ProcessPlan): readonly UnitLine[] => [
  ...(fcgiOf(sharing, one) === undefined
    ? []
    : ([
        ['StandardInput', 'socket'],
        ['Sockets', sharing.names.socket(one.group)],
      ] as const)),
  ...one.sockets.map((socket): UnitLine => ['Sockets', unitOf(sharing, one, socket)]),
];

/** Each once, for all processes that share it. */
export const socketUnits = (sharing: Sharing): readonly SocketUnit[] => {
  const openings = new Map<string, Opening>();
  for (const { plan: one } of sharing.parts) {
    const service = `${sharing.names.service(one.group, one.name)}.service`;
    const fcgi = fcgiOf(sharing, one);
    const mine: readonly Opening[] = [
      ...(fcgi === undefined ? [] : [{ socket: fcgi, unit: sharing.names.socket(one.group), service }]),
      ...one.sockets.map((socket) => ({ socket, unit: unitOf(sharing, one, socket), service })),
    ];
    for (const opening of mine) if (!openings.has(opening.unit)) openings.set(opening.unit, opening);
  }
  return [...openings.values()].map(socketUnit);
};
