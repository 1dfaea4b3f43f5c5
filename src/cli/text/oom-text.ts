// How do ranks and incidents of the OOM killer read on a terminal?

import { namespec } from '../../model/name.ts';
import type {
  Incident,
  IncidentsReply,
  OomDomain,
  OomRankReply,
  RankedCandidate,
} from '../../model/oom-report.ts';
import type { Paint } from './terminal.ts';
import { memoryWords } from './words.ts';

interface Column {
  readonly title: string;
  readonly left?: true;
  readonly cell: (candidate: RankedCandidate, place: number) => string;
}

/** What a program calls itself may hold anything. */
const printable = (text: string): string => text.replaceAll(/\p{C}/gu, '?');

const badnessWords = (badness: number | null): string => {
  if (badness === null) return 'never';
  return badness < 0 ? `-${memoryWords(-badness)}` : memoryWords(badness);
};

const COLUMNS: readonly Column[] = [
  { title: '#', cell: (_, place) => String(place) },
  { title: 'NAME', left: true, cell: ({ process, comm }) => process ?? `(${printable(comm)})` },
  { title: 'PID', cell: ({ pid }) => String(pid) },
  { title: 'RSS', cell: ({ rss }) => memoryWords(rss) },
  { title: 'SWAP', cell: ({ swap }) => memoryWords(swap) },
  { title: 'TABLES', cell: ({ pageTables }) => memoryWords(pageTables) },
  {
    title: 'ADJ',
    cell: ({ score: { requested, effective } }) =>
      requested === null || requested === effective ? String(effective) : `${requested}/${effective}`,
  },
  { title: 'OOM_SCORE', cell: ({ kernelScore }) => (kernelScore === null ? '' : String(kernelScore)) },
  { title: 'NOW', cell: ({ badness }) => badnessWords(badness) },
  { title: 'WHEN IT COMES', cell: ({ later }) => badnessWords(later) },
];

const tableOf = (candidates: readonly RankedCandidate[], paint: Paint): readonly string[] => {
  const rows = candidates.map((candidate, index) => COLUMNS.map(({ cell }) => cell(candidate, index + 1)));
  const widths = COLUMNS.map(({ title }, at) =>
    Math.max(title.length, ...rows.map((row) => row[at]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, at) =>
        COLUMNS[at]?.left === true ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0),
      )
      .join('  ')
      .trimEnd();
  return [
    paint('bold', line(COLUMNS.map(({ title }) => title))),
    ...rows.flatMap((row, at) => [
      line(row),
      ...(candidates[at]?.process == null ? [] : [paint('dim', `      ${candidates[at]?.why ?? ''}`)]),
    ]),
  ];
};

const domainLines = ({ name, limit, used, candidates, more }: OomDomain, paint: Paint): readonly string[] => {
  const usage = used === null ? '' : `, ${memoryWords(used)} used`;
  const rest = more === 0 ? [] : [paint('dim', `and ${more} smaller ones of others`)];
  return [
    paint('cyan', `${printable(name)}: ${memoryWords(limit)}${usage}`),
    ...tableOf(candidates, paint),
    ...rest,
    '',
  ];
};

export const rankText = (reply: OomRankReply, paint: Paint): string =>
  [
    ...(reply.assumed.length === 0
      ? []
      : [paint('yellow', `supposed: other values for ${reply.assumed.join(', ')}`), '']),
    ...reply.domains.flatMap((domain) => domainLines(domain, paint)),
    `The next victim first. Linux ${reply.kernel}: NOW is the kernel's formula as things are; WHEN IT COMES leaves out file pages, which are dropped before it kills.`,
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
  return `  memory before: ${points.join(', ')}${available === null ? '' : `; ${memoryWords(available)} left`}`;
};

const incidentLines = (incident: Incident, folder: string, paint: Paint): readonly string[] => {
  const { id, at, process, whom, verdict, members, acts, samples } = incident;
  const before = samplesLine(samples);
  const name = process === null ? 'the supervisor' : namespec(process);
  return [
    `${paint('bold', new Date(at).toISOString())} ${name} (${whom}, ${verdict.oom}, ${verdict.cause})`,
    `  ${printable(verdict.because)}`,
    ...(before === null ? [] : [before]),
    ...(members.length === 0
      ? []
      : [
          `  members left: ${members.map(({ pid, comm, rss }) => `${pid} ${printable(comm)} ${memoryWords(rss)}`).join(', ')}`,
        ]),
    ...acts.map(({ after, text }) => `  +${after} ms ${printable(text)}`),
    paint('dim', `  ${folder}/${id}.json`),
  ];
};

export const incidentsText = ({ folder, incidents }: IncidentsReply, paint: Paint): string =>
  incidents.length === 0
    ? 'nothing was killed for memory so far'
    : incidents.flatMap((incident) => incidentLines(incident, folder, paint)).join('\n');
