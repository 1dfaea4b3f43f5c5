// Does the table turn requests into the right commands, and refuse the rest?

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { commandOf, findRoute, ROUTES, type RouteInput } from '../../src/api/routes.ts';
import { parseSignal } from '../../src/api/signals.ts';
import { TsvisorError } from '../../src/model/errors.ts';

const parse = (path: string, body: RouteInput['body']): unknown =>
  commandOf(findRoute('POST', `/api/v1/${path}`), { query: new URLSearchParams(), body });

const codeOf = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    return error instanceof TsvisorError ? error.code : `no refusal: ${String(error)}`;
  }
  return 'none';
};

describe('routes', () => {
  test('reads names and waits unless told not to', () => {
    expect(parse('start', { names: ['ci:app-1'] })).toEqual({
      verb: 'start',
      names: ['ci:app-1'],
      wait: true,
    });
    expect(parse('stop', { names: ['all'], wait: false })).toEqual({
      verb: 'stop',
      names: ['all'],
      wait: false,
    });
  });

  test.each([['TERM'], ['sigterm'], ['SIGTERM'], ['15'], ['term']])('understands the signal %s', (text) => {
    expect(parseSignal(text)).toBe('SIGTERM');
  });

  test.each([
    ['0', 0],
    ['RTMIN', 34],
    ['sigrtmax', 64],
    ['64', 64],
    ['CLD', 'SIGCHLD'],
  ])('understands the signal %s, which Node has no name for', (text, signal) => {
    expect(parseSignal(text)).toBe(signal);
  });

  test.each([['NONSENSE'], ['35'], ['999'], [''], ['-9'], ['__proto__'], ['toString']])(
    'refuses the signal %j',
    (text) => {
      expect(codeOf(() => parseSignal(text))).toBe('BAD_SIGNAL');
    },
  );

  test.each([
    ['no body', null],
    ['no names', {}],
    ['empty names', { names: [] }],
    ['a name that is no text', { names: ['a', 1] }],
    ['names that are no list', { names: 'a' }],
    ['a list', ['a']],
    ['wait that is no boolean', { names: ['a'], wait: 'yes' }],
    ['more names than anybody has', { names: Array.from({ length: 20_000 }, () => 'a') }],
  ])('refuses %s', (_, body) => {
    expect(codeOf(() => parse('start', body))).toBe('BAD_REQUEST');
  });

  test('gives each path and method one route, with words for its documentation', () => {
    const keys = ROUTES.map(({ method, path }) => `${method} ${path}`);
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys.length).toBeGreaterThanOrEqual(7);
    expect(ROUTES.filter(({ summary }) => !summary.endsWith('.'))).toEqual([]);
  });

  test('answers any body with a command or a coded refusal', () => {
    const posts = ROUTES.filter(({ method }) => method === 'POST');
    fc.assert(
      fc.property(fc.constantFrom(...posts), fc.jsonValue(), (route, body) => {
        const code = codeOf(() =>
          commandOf(route, { query: new URLSearchParams(), body: body as RouteInput['body'] }),
        );
        expect(['none', 'BAD_REQUEST', 'BAD_SIGNAL']).toContain(code);
      }),
    );
  });
});
