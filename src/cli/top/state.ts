// What does the live terminal show, and what does a key change? Pure: a state and a key give a state and perhaps an order.

import type { ProcessStatus } from '../../model/command.ts';
import { namespec } from '../../model/name.ts';
import { STATES } from '../../model/state.ts';

export type Pane = 'none' | 'log' | 'errors' | 'memory' | 'help';

export type Act = 'start' | 'stop' | 'restart';

export interface TopState {
  readonly processes: readonly ProcessStatus[];
  readonly sort: SortName;
  readonly reversed: boolean;
  readonly filter: string;
  /** Keys go into the filter. */
  readonly typing: boolean;
  /** Namespec of the line under the cursor; empty before the first answer. */
  readonly selected: string;
  /** The terminal tells clicks and turns of the wheel. */
  readonly mouse: boolean;
  /** Members are listed below their process. */
  readonly members: boolean;
  readonly pane: Pane;
  /** Asked, and not answered yet. */
  readonly asking: Act | null;
  /** What the last order was answered with. */
  readonly said: string;
}

type Effect =
  | { readonly do: 'none' }
  | { readonly do: 'quit' }
  /** Look at once: what is shown has changed. */
  | { readonly do: 'look' }
  | { readonly do: 'act'; readonly act: Act; readonly name: string };

export interface Step {
  readonly state: TopState;
  readonly effect: Effect;
}

const death = ({ lastDeath }: ProcessStatus): number => lastDeath?.at ?? 0;

/** Largest first, but for names: what is looked for stands on top. */
const SORTS = {
  name: () => 0,
  state: (a, b) => STATES[b.state] - STATES[a.state],
  memory: (a, b) => (b.memory ?? -1) - (a.memory ?? -1),
  cpu: (a, b) => (b.cpu ?? -1) - (a.cpu ?? -1),
  score: (a, b) => (b.score?.effective ?? -1001) - (a.score?.effective ?? -1001),
  restarts: (a, b) => b.restarts - a.restarts,
  death: (a, b) => death(b) - death(a),
} satisfies Record<string, (a: ProcessStatus, b: ProcessStatus) => number>;

export type SortName = keyof typeof SORTS;

const SORT_NAMES: readonly SortName[] = ['name', 'state', 'memory', 'cpu', 'score', 'restarts', 'death'];

export const INITIAL: TopState = {
  processes: [],
  sort: 'name',
  reversed: false,
  filter: '',
  typing: false,
  selected: '',
  mouse: false,
  members: false,
  pane: 'none',
  asking: null,
  said: '',
};

/** One word of what it says of itself and what checks find; empty where neither is so. */
export const healthWord = ({ readiness }: ProcessStatus): string => {
  if (readiness === null) return '';
  const { ready, health } = readiness;
  if (health === 'unhealthy') return 'sick';
  if (ready === false) return 'unready';
  if (health === 'unknown') return 'unknown';
  return health === 'healthy' ? 'healthy' : 'ready';
};

export const isUnwell = (process: ProcessStatus): boolean =>
  ['sick', 'unready'].includes(healthWord(process));

/** The lines that are shown: filtered by name, state or health, then sorted. */
export const shown = ({ processes, filter, sort, reversed }: TopState): readonly ProcessStatus[] => {
  const wanted = filter.toLowerCase();
  const found = processes.filter((process) =>
    `${namespec(process)} ${process.state} ${healthWord(process)}`.toLowerCase().includes(wanted),
  );
  const sorted = found.toSorted(SORTS[sort]);
  return reversed ? sorted.toReversed() : sorted;
};

const stay = (state: TopState): Step => ({ state, effect: { do: 'none' } });
const look = (state: TopState): Step => ({ state, effect: { do: 'look' } });

const indexOf = (state: TopState): number =>
  Math.max(
    0,
    shown(state).findIndex((process) => namespec(process) === state.selected),
  );

/** The cursor stays on its process; where that is not shown any more, on the line that is in its place. */
const settleCursor = (state: TopState, place = indexOf(state)): TopState => {
  const lines = shown(state);
  if (lines.some((process) => namespec(process) === state.selected)) return state;
  const near = lines[Math.min(place, lines.length - 1)];
  return { ...state, selected: near === undefined ? '' : namespec(near) };
};

export const withProcesses = (state: TopState, processes: readonly ProcessStatus[]): TopState =>
  settleCursor({ ...state, processes }, indexOf(state));

const move = (state: TopState, by: number): Step => {
  const lines = shown(state);
  const index = Math.min(lines.length - 1, Math.max(0, indexOf(state) + by));
  const next = lines[index];
  return next === undefined ? stay(state) : look({ ...state, selected: namespec(next) });
};

const turnSort = (state: TopState, by: number): Step => {
  const next = (SORT_NAMES.indexOf(state.sort) + by + SORT_NAMES.length) % SORT_NAMES.length;
  return stay({ ...state, sort: SORT_NAMES[next] ?? 'name' });
};

/** The head of a column was clicked: twice is the other way round. */
export const sortBy = (state: TopState, sort: SortName): Step =>
  stay({ ...state, sort, reversed: state.sort === sort && !state.reversed });

const toggle = (state: TopState, pane: Pane): Step =>
  look({ ...state, pane: state.pane === pane ? 'none' : pane });

const ask = (state: TopState, act: Act): Step =>
  state.selected === '' ? stay(state) : stay({ ...state, asking: act, said: '' });

const order = (state: TopState, act: Act): Step => ({
  state: { ...state, asking: null, said: `${act} ${state.selected} …` },
  effect: { do: 'act', act, name: state.selected },
});

/** Lines that a page key goes, and one turn of the wheel. */
const PAGE = 10;
const TURN = 3;

const KEYS: Readonly<Record<string, (state: TopState) => Step>> = {
  up: (state) => move(state, -1),
  k: (state) => move(state, -1),
  down: (state) => move(state, 1),
  j: (state) => move(state, 1),
  pageup: (state) => move(state, -PAGE),
  pagedown: (state) => move(state, PAGE),
  home: (state) => move(state, -Infinity),
  end: (state) => move(state, Infinity),
  '<': (state) => turnSort(state, -1),
  '>': (state) => turnSort(state, 1),
  left: (state) => turnSort(state, -1),
  right: (state) => turnSort(state, 1),
  i: (state) => stay({ ...state, reversed: !state.reversed }),
  '/': (state) => stay({ ...state, typing: true }),
  wheelup: (state) => move(state, -TURN),
  wheeldown: (state) => move(state, TURN),
  M: (state) => stay({ ...state, mouse: !state.mouse }),
  m: (state) => look({ ...state, members: !state.members }),
  l: (state) => toggle(state, 'log'),
  return: (state) => toggle(state, 'log'),
  e: (state) => toggle(state, 'errors'),
  o: (state) => toggle(state, 'memory'),
  h: (state) => toggle(state, 'help'),
  '?': (state) => toggle(state, 'help'),
  s: (state) => (state.selected === '' ? stay(state) : order(state, 'start')),
  t: (state) => ask(state, 'stop'),
  r: (state) => ask(state, 'restart'),
  escape: (state) => look(settleCursor({ ...state, pane: 'none', filter: '', said: '' })),
  q: (state) => ({ state, effect: { do: 'quit' } }),
};

/** A line was clicked: the cursor goes there, and what was asked about another line is not asked any more. */
export const point = (state: TopState, process: string): Step =>
  look({ ...state, selected: process, asking: null });

export interface Key {
  /** As readline names it: `up`, `return`, `a`; the character itself where it has no name. */
  readonly name: string;
  /** What it writes; empty for keys that write nothing. */
  readonly text: string;
  readonly ctrl: boolean;
}

const answer = (state: TopState, act: Act, { name }: Key): Step =>
  name === 'y' ? order(state, act) : stay({ ...state, asking: null });

const type = (state: TopState, { name, text }: Key): Step => {
  if (name === 'return') return stay({ ...state, typing: false });
  if (name === 'escape') return stay(settleCursor({ ...state, typing: false, filter: '' }));
  if (name === 'backspace') return stay(settleCursor({ ...state, filter: state.filter.slice(0, -1) }));
  return text === '' ? stay(state) : stay(settleCursor({ ...state, filter: state.filter + text }));
};

export const press = (state: TopState, key: Key): Step => {
  if (key.ctrl && key.name === 'c') return { state, effect: { do: 'quit' } };
  if (state.asking !== null) return answer(state, state.asking, key);
  if (state.typing) return type(state, key);
  // With caps lock too.
  const name = [key.name, key.name.toLowerCase()].find((one) => Object.hasOwn(KEYS, one));
  const act = name === undefined ? undefined : KEYS[name];
  return key.ctrl || act === undefined ? stay(state) : act(state);
};
