// Do the keys of the live terminal do what its help says, and nothing that hurts without a question?

import { namespec } from '../../../src/model/name.ts';
import { describe, expect, test } from 'vitest';
import {
  INITIAL,
  point,
  press,
  sortBy,
  shown,
  withProcesses,
  type Key,
  type TopState,
} from '../../../src/cli/top/state.ts';
import { createProcess } from '../screen.ts';

const PROCESSES = [
  createProcess({ group: 'a', name: 'a', memory: 10, restarts: 5 }),
  createProcess({ group: 'b', name: 'b', memory: 30, state: 'FATAL' }),
  createProcess({ group: 'c', name: 'c', memory: 20, cpu: 50 }),
];

const begun = (news: Partial<TopState> = {}): TopState => withProcesses({ ...INITIAL, ...news }, PROCESSES);

const key = (name: string, news: Partial<Key> = {}): Key => ({
  name,
  text: name.length === 1 ? name : '',
  ctrl: false,
  ...news,
});

const pressed = (state: TopState, ...names: readonly string[]): TopState =>
  names.reduce((before, name) => press(before, key(name)).state, state);

const names = (state: TopState): readonly string[] => shown(state).map(namespec);

describe('the live terminal', () => {
  test('sorts by the head that is clicked, and the other way round at the second click', () => {
    const once = sortBy(begun({ reversed: true }), 'memory').state;
    expect(names(once)).toEqual(['b', 'c', 'a']);
    const twice = sortBy(once, 'memory').state;
    expect(names(twice)).toEqual(['a', 'c', 'b']);
    expect(names(sortBy(twice, 'restarts').state)[0]).toBe('a');
  });

  test('begins on the first process', () => {
    expect(begun().selected).toBe('a');
  });

  test('moves its cursor and stops at both ends', () => {
    expect(pressed(begun(), 'down').selected).toBe('b');
    expect(pressed(begun(), 'down', 'down', 'down', 'down').selected).toBe('c');
    expect(pressed(begun(), 'j', 'k', 'k').selected).toBe('a');
    expect(pressed(begun(), 'end', 'home').selected).toBe('a');
  });

  test('goes where the mouse clicks, and forgets what it asked about another line', () => {
    const asked = pressed(begun(), 't');
    expect(point(asked, 'c').state).toMatchObject({ selected: 'c', asking: null });
    expect(pressed(begun(), 'wheeldown').selected).toBe('c');
    expect(pressed(begun(), 'M').mouse).toBe(true);
    expect(pressed(begun(), 'M', 'M').mouse).toBe(false);
  });

  test('takes capitals for their small letters where they mean nothing else', () => {
    expect(pressed(begun(), 'J').selected).toBe('b');
  });

  test('finds those that are not well by a word', () => {
    const readiness = { ready: true, health: 'unhealthy', text: null } as const;
    const state = withProcesses(INITIAL, [...PROCESSES, createProcess({ group: 'd', name: 'd', readiness })]);
    expect(names({ ...state, filter: 'sick' })).toEqual(['d']);
  });

  test('sorts by each column, largest first, and the other way round', () => {
    expect(names(pressed(begun(), '>', '>'))).toEqual(['b', 'c', 'a']);
    expect(names(pressed(begun(), '>', '>', 'i'))).toEqual(['a', 'c', 'b']);
    expect(names(pressed(begun(), '>'))).toEqual(['b', 'a', 'c']);
    expect(pressed(begun(), '<').sort).toBe('death');
  });

  test('keeps its cursor on the process when the order changes', () => {
    const state = pressed(begun(), 'down', '>', '>');
    expect(state.selected).toBe('b');
    const turned = withProcesses(
      state,
      PROCESSES.map((one) => (one.name === 'b' ? { ...one, memory: 1 } : one)),
    );
    expect(turned.selected).toBe('b');
  });

  test('puts its cursor on the neighbour of a process that is gone', () => {
    const state = pressed(begun(), 'down');
    expect(
      withProcesses(
        state,
        PROCESSES.filter(({ name }) => name !== 'b'),
      ).selected,
    ).toBe('c');
    expect(withProcesses(state, []).selected).toBe('');
  });

  test('filters by name and state while one types, and letters are no orders then', () => {
    const state = pressed(begun(), '/', 'f', 'a', 't');
    expect(names(state)).toEqual(['b']);
    expect(state.selected).toBe('b');
    expect(pressed(state, 'backspace').filter).toBe('fa');
    expect(press(pressed(begun(), '/'), key('q')).effect.do).toBe('none');
    const kept = pressed(state, 'return');
    expect(kept).toMatchObject({ typing: false, filter: 'fat' });
    expect(names(pressed(kept, 'escape'))).toEqual(['a', 'b', 'c']);
  });

  test.each([
    ['t', 'stop'],
    ['r', 'restart'],
  ])('asks before %s: y does it, any other key does not', (letter, act) => {
    const asked = press(begun(), key(letter));
    expect(asked).toMatchObject({ state: { asking: act }, effect: { do: 'none' } });
    expect(press(asked.state, key('y')).effect).toEqual({ do: 'act', act, name: 'a' });
    for (const other of ['n', 'return', 'escape', 'q', 't'])
      expect(press(asked.state, key(other))).toMatchObject({
        state: { asking: null },
        effect: { do: 'none' },
      });
  });

  test('starts without a question, but nothing where nothing is', () => {
    expect(press(begun(), key('s')).effect).toEqual({ do: 'act', act: 'start', name: 'a' });
    expect(press(INITIAL, key('s')).effect.do).toBe('none');
    expect(press(INITIAL, key('t')).state.asking).toBeNull();
  });

  test('opens and closes each pane with its key', () => {
    for (const [letter, pane] of [
      ['l', 'log'],
      ['e', 'errors'],
      ['o', 'memory'],
      ['h', 'help'],
    ] as const) {
      expect(pressed(begun(), letter).pane).toBe(pane);
      expect(pressed(begun(), letter, letter).pane).toBe('none');
      expect(pressed(begun(), letter, 'escape').pane).toBe('none');
    }
  });

  test('ends by q and by control-c, even in the middle of a question', () => {
    expect(press(begun(), key('q')).effect.do).toBe('quit');
    const control = key('c', { ctrl: true, text: '' });
    for (const state of [begun(), begun({ asking: 'stop' }), begun({ typing: true })])
      expect(press(state, control).effect.do).toBe('quit');
  });
});
