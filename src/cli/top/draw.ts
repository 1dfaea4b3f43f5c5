// How does the state of the live terminal look in so many lines and columns? Pure text; what matters is never told by colour alone.

import { namespec } from '../../model/name.ts';
import type { ProcessStatus, SupervisorStatus } from '../../model/command.ts';
import type { OomRankReply } from '../../model/oom-report.ts';
import type { State } from '../../model/state.ts';
import type { Style } from '../text/terminal.ts';
import { memoryWords, shorten } from '../text/words.ts';
import { columnsFor, deathWords, figures, sortAt, titles } from './figures.ts';
import { isUnwell, shown, type SortName, type TopState } from './state.ts';
import { treeOf } from './tree.ts';

export interface Line {
  readonly text: string;
  readonly style?: Style | 'reverse';
  /** The process that a click on it means. */
  readonly of?: string;
  /** What a click on a column of it sorts by; columns count from 1. */
  readonly sorts?: (column: number) => SortName | null;
}

export interface Scene {
  readonly state: TopState;
  /** Null before the first answer. */
  readonly supervisor: SupervisorStatus | null;
  /** Why nothing new is known; empty while all is well. */
  readonly trouble: string;
  /** Of the log pane. */
  readonly log: string;
  readonly rank: OomRankReply | null;
  readonly now: number;
}

export interface Size {
  readonly rows: number;
  readonly columns: number;
}

/** Control characters of names and logs would be orders to the terminal. */
const plain = (text: string): string =>
  // oxlint-disable-next-line no-control-regex
  text.replaceAll('\t', '    ').replaceAll(/[\u0000-\u001F\u007F-\u009F]/g, '·');

const cut = (text: string, columns: number): string => {
  const clean = plain(text);
  return clean.length <= columns ? clean : `${clean.slice(0, Math.max(0, columns - 1))}…`;
};

const GAP = '  ';
const DEATH = 'LAST DEATH';

const STYLES: Readonly<Record<State, Style>> = {
  STOPPED: 'dim',
  STARTING: 'yellow',
  RUNNING: 'green',
  BACKOFF: 'red',
  STOPPING: 'yellow',
  EXITED: 'dim',
  FATAL: 'red',
  UNKNOWN: 'red',
};

/** Figures and the last death leave so much for names. */
const nameWidth = ({ state, now }: Scene, columns: number): number => {
  const longest = Math.max(...state.processes.map((process) => namespec(process).length));
  const deaths = Math.max(DEATH.length, ...state.processes.map((one) => deathWords(one, now).length));
  const room = columns - titles(columnsFor(state.processes)).length - GAP.length - deaths;
  return Math.max(10, Math.min(longest + 2, room));
};

const processLine = (process: ProcessStatus, { state, now }: Scene, width: number): Line => {
  const of = namespec(process);
  const isSelected = of === state.selected;
  const name = `${isSelected ? '>' : ' '}${shorten(plain(of), width - 2)}`.padEnd(width);
  const text = name + figures(columnsFor(state.processes), process) + GAP + deathWords(process, now);
  const style = isUnwell(process) ? 'yellow' : STYLES[process.state];
  return { text, of, style: isSelected ? 'reverse' : style };
};

const headLine = ({ state }: Scene, width: number, columns: number): Line => {
  const shownColumns = columnsFor(state.processes);
  return {
    text: `${' NAME'.padEnd(width)}${titles(shownColumns)}${GAP}${DEATH}`.padEnd(columns),
    style: 'dim',
    sorts: (column) => (column <= width ? 'name' : sortAt(shownColumns, column - 1 - width)),
  };
};

const memberLines = (process: ProcessStatus, { rank, state }: Scene): readonly Line[] => {
  if (!state.members) return [];
  const of = namespec(process);
  const machine = rank?.domains[0]?.candidates ?? [];
  return treeOf(machine.filter((one) => one.process === of)).map(({ lines, member }) => ({
    text: `   ${lines}${member.comm} pid ${member.pid}  ${memoryWords(member.rss)}  score ${member.score.effective}`,
    of,
  }));
};

const summary = ({ state, supervisor, trouble }: Scene): string => {
  if (trouble !== '') return `! ${trouble}`;
  if (supervisor === null) return 'asking …';
  const counts = new Map<string, number>();
  for (const process of state.processes) counts.set(process.state, (counts.get(process.state) ?? 0) + 1);
  const words = [...counts].map(([name, count]) => `${count} ${name}`).join(', ');
  const { identifier, guardian } = supervisor;
  const order = `by ${state.sort}${state.reversed ? ' reversed' : ''}`;
  return `${identifier}: ${words || 'no processes'} | guardian ${guardian.state} | ${order}`;
};

const KEYS_LINE = 's start  t stop  r restart  l log  o memory  m members  / filter  h help  q quit';

const footer = ({ asking, selected, typing, filter, said }: TopState): string => {
  if (asking !== null) return `${asking} ${selected}? y/n`;
  if (typing) return `filter: ${filter}_`;
  if (said !== '') return said;
  return filter === '' ? KEYS_LINE : `filter: ${filter} (escape clears)  ${KEYS_LINE}`;
};

const HELP: readonly string[] = [
  'up down j k, page up, page down, home, end   move the cursor',
  's start   t stop   r restart                 what the cursor is on; y answers',
  'l or return   its stdout   e   its stderr    o   who dies next',
  'm   tree of members of each process          /   filter by name, state or health',
  '< >   sort by another column                 i   the other way round',
  'M   mouse on and off: click a line or a head, wheel; shift marks text then',
  'h   this help                                q   quit',
];

const rankLines = (rank: OomRankReply | null): readonly string[] => {
  if (rank === null) return ['asking …'];
  return rank.domains.flatMap(({ name, limit, used, candidates }) => {
    const most = Math.max(1, ...candidates.map(({ later }) => later ?? 0));
    const head = `${name}: ${used === null ? '?' : memoryWords(used)} of ${memoryWords(limit)}`;
    const bars = candidates.slice(0, 5).map(({ process, comm, pid, later, rss, score }, place) => {
      const bar = '#'.repeat(Math.round((Math.max(0, later ?? 0) / most) * 20)).padEnd(20, '.');
      const who = process ?? comm;
      return ` ${place + 1} ${bar} ${who} (${comm} ${pid}) ${memoryWords(rss)} score ${score.effective}`;
    });
    return [head, ...bars];
  });
};

const paneTitle = ({ pane, selected }: TopState): string => {
  if (pane === 'memory') return 'who dies next: the kernel takes the first';
  if (pane === 'help') return 'keys';
  return `${pane === 'errors' ? 'stderr' : 'stdout'} of ${selected}`;
};

const paneLines = ({ state, log, rank }: Scene, room: number): readonly Line[] => {
  if (state.pane === 'none') return [];
  const lines = state.pane === 'help' ? HELP : state.pane === 'memory' ? rankLines(rank) : log.split('\n');
  const isLog = state.pane === 'log' || state.pane === 'errors';
  const fitting = isLog ? lines.slice(-room) : lines.slice(0, room);
  return [
    { text: `-- ${paneTitle(state)} --`, style: 'bold' },
    ...Array.from({ length: room }, (_, index) => ({ text: fitting[index] ?? '' })),
  ];
};

/** So many of them that the selected one is among them. */
const windowed = (lines: readonly Line[], room: number): readonly Line[] => {
  const at = lines.findIndex(({ style }) => style === 'reverse');
  const from = Math.max(0, Math.min(at - Math.floor(room / 2), lines.length - room));
  return lines.slice(from, from + room);
};

/** Exactly so many lines, none longer than the columns. */
export const draw = (scene: Scene, { rows, columns }: Size): readonly Line[] => {
  const { state } = scene;
  const room = state.pane === 'none' ? 0 : Math.max(3, Math.floor((rows - 4) / 2));
  const space = Math.max(1, rows - 3 - (room === 0 ? 0 : room + 1));
  const width = nameWidth(scene, columns);
  const lines = shown(state).flatMap((process) => [
    processLine(process, scene, width),
    ...memberLines(process, scene),
  ]);
  const list = windowed(lines, space);
  const body = Array.from({ length: space }, (_, index): Line => list[index] ?? { text: '' });
  const all: readonly Line[] = [
    { text: summary(scene), style: scene.trouble === '' ? 'bold' : 'red' },
    headLine(scene, width, columns),
    ...body,
    ...paneLines(scene, room),
    { text: footer(state), style: 'dim' },
  ];
  return all.slice(0, rows).map((line) => ({ ...line, text: cut(line.text, columns) }));
};
