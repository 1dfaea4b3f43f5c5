// How do ranks and incidents of the OOM killer read on a terminal?

import { namespec } from '../../model/name.ts';
import type {
  Incident,
  IncidentsReply,
  OomDomain,
  OomRankReply,
  RankedCandidate,
} from '../../model/oom-report.ts';
import { gridOf, lineOf, type Column } from './grid.ts';
import type { Paint } from './terminal.ts';
import { indented, memoryWords } from './words.ts';

interface Figure extends Pick<Column, 'title' | 'align' | 'spare' | 'isName'> {
  readonly cell: (candidate: RankedCandidate, place: number) => string;
}

export interface View {
  readonly paint: Paint;
  /** Null: no terminal, nothing is wrapped. */
  readonly columns: number | null;
}

/** What a program calls itself may hold anything. */
const printable = (text: string): string => text.replaceAll(/\p{C}/gu, '?');

const badnessWords = (badness: number | null): string => {
  if (badness === null) return 'never';
  return badness < 0 ? `-${memoryWords(-badness)}` : memoryWords(badness);
};

const scoreWords = ({ score: { requested, effective } }: RankedCandidate): string =>
  requested === null || requested === effective ? String(effective) : `${requested}/${effective}`;

// oxfmt-ignore
const FIGURES: readonly Figure[] = [
  { title: '#', align: 'right', cell: (_, place) => String(place) },
  { title: 'NAME', align: 'left', isName: true, cell: ({ process, comm }) => process ?? `(${printable(comm)})` },
  { title: 'PID', align: 'right', cell: ({ pid }) => String(pid) },
  { title: 'RSS', align: 'right', spare: 3, cell: ({ rss }) => memoryWords(rss) },
  { title: 'SWAP', align: 'right', spare: 1, cell: ({ swap }) => memoryWords(swap) },
  { title: 'TABLES', align: 'right', spare: 0, cell: ({ pageTables }) => memoryWords(pageTables) },
  { title: 'ADJ', align: 'right', spare: 4, cell: scoreWords },
  { title: 'OOM_SCORE', align: 'right', spare: 2, cell: ({ kernelScore }) => (kernelScore === null ? '' : String(kernelScore)) },
  { title: 'NOW', align: 'right', spare: 5, cell: ({ badness }) => badnessWords(badness) },
  { title: 'WHEN IT COMES', align: 'right', cell: ({ later }) => badnessWords(later) },
];

const tableOf = (candidates: readonly RankedCandidate[], { paint, columns }: View): readonly string[] => {
  const figures = FIGURES.map(({ cell, ...figure }) => ({
    ...figure,
    cells: candidates.map((candidate, at) => cell(candidate, at + 1)),
  }));
  const [head, ...rows] = gridOf(figures, columns).map((row) => lineOf(row));
  return [
    paint('bold', head ?? ''),
    ...candidates.flatMap(({ process, why }, at) => [
      rows[at] ?? '',
      ...(process === null ? [] : indented(why, '      ', columns).map((text) => paint('dim', text))),
    ]),
  ];
};

const domainLines = ({ name, limit, used, candidates, more }: OomDomain, view: View): readonly string[] => {
  const usage = used === null ? '' : `, ${memoryWords(used)} used`;
  const rest = more === 0 ? [] : [view.paint('dim', `and ${more} smaller ones of others`)];
  return [
    view.paint('cyan', `${printable(name)}: ${memoryWords(limit)}${usage}`),
    ...tableOf(candidates, view),
    ...rest,
    '',
  ];
};

export const rankText = (reply: OomRankReply, view: View): string =>
  [
    ...(reply.assumed.length === 0
      ? []
      : [view.paint('yellow', `supposed: other values for ${reply.assumed.join(', ')}`), '']),
    ...reply.domains.flatMap((domain) => domainLines(domain, view)),
    ...indented(
      `The next victim first. Linux ${reply.kernel}: NOW is the kernel's formula as things are; WHEN IT COMES leaves out file pages, which are dropped before it kills.`,
      '',
      view.columns,
    ),
  ].join('\n');

/** Points of time shown of the minute before. */
const POINTS = 6;

/** `memory before: 12.0M (-34 s), 40.1M (-9 s); 20.1G left`: the ends, and what lies evenly between. */
const samplesLine = (samples: Incident['samples']): string | null => {
  const known = samples.filter(({ memory }) => memory !== null);
  const last = known.length - 1;
  const shown = known.filter(
    (_, at) =>
      last < POINTS || Math.floor((at * (POINTS - 1)) / last) > Math.floor(((at - 1) * (POINTS - 1)) / last),
  );
  if (shown.length === 0) return null;
  const points = shown.map(
    ({ memory, before }) =>
      `${memoryWords(memory ?? 0)} (-${(before / 1000).toFixed(before < 9950 ? 1 : 0)} s)`,
  );
  const available = known.at(-1)?.available ?? null;
  return `memory before: ${points.join(', ')}${available === null ? '' : `; ${memoryWords(available)} left`}`;
};

const incidentLines = (incident: Incident, folder: string, { paint, columns }: View): readonly string[] => {
  const under = (text: string): readonly string[] => indented(text, '  ', columns);
  const { id, at, process, whom, verdict, members, acts, samples } = incident;
  const before = samplesLine(samples);
  const name = process === null ? 'the supervisor' : namespec(process);
  return [
    `${paint('bold', new Date(at).toISOString())} ${name} (${whom}, ${verdict.oom}, ${verdict.cause})`,
    ...under(printable(verdict.because)),
    ...(before === null ? [] : under(before)),
    ...(members.length === 0
      ? []
      : under(
          `members left: ${members.map(({ pid, comm, rss }) => `${pid} ${printable(comm)} ${memoryWords(rss)}`).join(', ')}`,
        )),
    ...acts.flatMap(({ after, text }) => under(`+${after} ms ${printable(text)}`)),
    paint('dim', `  ${folder}/${id}.json`),
  ];
};

export const incidentsText = ({ folder, incidents }: IncidentsReply, view: View): string =>
  incidents.length === 0
    ? 'nothing was killed for memory so far'
    : incidents.flatMap((incident) => incidentLines(incident, folder, view)).join('\n');
