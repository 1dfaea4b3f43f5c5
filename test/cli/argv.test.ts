// Is a plain command line understood without commander exactly as with it?

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readPlainArgv } from '../../src/cli/argv.ts';
import { COMMANDS, type Order } from '../../src/cli/commands.ts';
import { readArgv } from '../../src/cli/program.ts';
import { GLOBAL_OPTIONS, type OptionRow } from '../../src/cli/rows.ts';
import { createScreen } from './screen.ts';

const plain = ({ row, words, options }: Order): unknown => ({
  name: row.name,
  words,
  options: { ...options },
});

const byCommander = (argv: readonly string[]): unknown => {
  const order = readArgv(argv, createScreen().terminal);
  return typeof order === 'number' ? order : plain(order);
};

const VALUES = ['ci:app-1', 'ci:*', 'all', 'TERM', 'x.conf', ''];
const RARE = ['-h', '--help', '--', '-', '--config=x', '-cx', '-nc', '-9', '--nope', 'help'];
const ROWS = COMMANDS.filter(({ raw }) => raw !== true);
const NAMES = ROWS.map(({ name }) => name);

const flagsOf = (options: readonly OptionRow[]): readonly string[] =>
  options.flatMap(({ flags }) => flags.split(/[ ,]+/).filter((word) => word.startsWith('-')));

const token = (flags: readonly string[]): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...VALUES) },
    { weight: 3, arbitrary: fc.constantFrom(...flags) },
    { weight: 1, arbitrary: fc.constantFrom(...RARE, ...NAMES) },
  );

const commandLine = fc
  .constantFrom(...ROWS)
  .chain(({ name, options }) =>
    fc
      .tuple(
        fc.array(token(flagsOf(GLOBAL_OPTIONS)), { maxLength: 2 }),
        fc.array(token(flagsOf([...GLOBAL_OPTIONS, ...options])), { maxLength: 4 }),
      )
      .map(([before, after]) => [...before, name, ...after]),
  );

describe('argv', () => {
  test('means the same to the plain reader and to commander', () => {
    let understood = 0;
    fc.assert(
      fc.property(commandLine, (argv) => {
        const order = readPlainArgv(argv);
        if (order === null) return;
        understood += 1;
        expect(plain(order)).toEqual(byCommander(argv));
      }),
      { numRuns: 2000 },
    );
    expect(understood).toBeGreaterThan(300);
  });

  test.each([
    [['status'], { name: 'status', words: [], options: {} }],
    [['status', 'ci:*', '--json'], { name: 'status', words: ['ci:*'], options: { json: true } }],
    [
      ['-c', 'x.conf', 'start', '-n'],
      { name: 'start', words: [], options: { config: 'x.conf', foreground: true } },
    ],
    [
      ['signal', 'HUP', 'a', 'b', '-s', '/x'],
      { name: 'signal', words: ['HUP', 'a', 'b'], options: { socket: '/x' } },
    ],
    [['version'], { name: 'version', words: [], options: {} }],
  ])('understands %j without commander', (argv, order) => {
    const read = readPlainArgv(argv);
    expect(read === null ? null : plain(read)).toEqual(order);
    expect(byCommander(argv)).toEqual(order);
  });

  test.each([
    [['ctl'], { name: 'ctl', words: [], options: {} }],
    [
      ['ctl', '-c', 'x.conf', 'tail', '-f', 'a'],
      { name: 'ctl', words: ['-c', 'x.conf', 'tail', '-f', 'a'], options: {} },
    ],
    [['-c', 'x.conf', 'ctl', '--help'], { name: 'ctl', words: ['--help'], options: { config: 'x.conf' } }],
  ])('leaves everything behind ctl to it: %j', (argv, order) => {
    const read = readPlainArgv(argv);
    expect(read === null ? null : plain(read)).toEqual(order);
  });

  test.each([
    [[]],
    [['--help']],
    [['status', '-h']],
    [['nonsense']],
    [['signal', 'HUP']],
    [['version', 'a']],
    [['status', '--nope']],
    [['status', '-c']],
  ])('leaves %j to commander', (argv) => {
    expect(readPlainArgv(argv)).toBeNull();
  });

  test.each([
    ['an unknown command', ['statsu'], 2, "unknown command 'statsu'"],
    ['an unknown option', ['status', '--nope'], 2, "unknown option '--nope'"],
    ['a missing word', ['signal', 'HUP'], 2, "missing required argument 'names'"],
    ['a word too many', ['version', 'a'], 2, 'too many arguments'],
    ['an option without its value', ['status', '-c'], 2, 'argument missing'],
  ] as const)('tells of %s on stderr, with status 2', (...[, argv, status, text]) => {
    const screen = createScreen();
    expect(readArgv(argv, screen.terminal)).toBe(status);
    expect(screen.err()).toContain(text);
    expect(screen.out()).toBe('');
  });

  test('suggests the nearest command', () => {
    const screen = createScreen();
    readArgv(['statsu'], screen.terminal);
    expect(screen.err()).toBe("error: unknown command 'statsu'\nhint: did you mean `status`?");
  });

  test.each([
    [['signal', 'HUP'], '`tsvisor signal --help` tells what it takes'],
    [['nonsense'], '`tsvisor --help` tells the commands'],
    [['tail', 'web'], 'that is `tsvisor logs`, or `tsvisor ctl tail`'],
    [['status', '--jsn'], 'did you mean `--json`?'],
    [['start', '-n', '-l', '/dev/stdout'], 'that is the key `logfile` of [supervisord] in the config'],
    [['start', '-edebug'], 'that is the key `loglevel` of [supervisord] in the config'],
    [['start', '--minprocs=1'], 'that is the key `minprocs` of [supervisord] in the config'],
    [['start', '--nodaemon'], 'that is `--foreground`'],
    [['start', '--configuration=x'], 'that is `--config`'],
    [['start', '-x'], '`tsvisor start --help` tells what it takes'],
  ])('tells what to do after %j', (argv, hint) => {
    const screen = createScreen();
    expect(readArgv(argv, screen.terminal)).toBe(2);
    expect(screen.err().split('\n')).toEqual([expect.stringMatching(/^error: /), `hint: ${hint}`]);
  });

  test.each([[['help', 'statsu']], [['statsu', '--help']]])(
    'has no help on what is not there: %j',
    (argv) => {
      const screen = createScreen();
      expect(readArgv(argv, screen.terminal)).toBe(2);
      expect(screen.err()).toMatch(/^error: unknown command 'statsu'\n/);
      expect(screen.out()).toBe('');
    },
  );

  test('helps on a command by `help` too', () => {
    const screen = createScreen();
    expect(readArgv(['help', 'signal'], screen.terminal)).toBe(0);
    expect(screen.out()).toContain('Usage: tsvisor signal');
  });

  test('helps on stdout, with status 0, naming every command', () => {
    const screen = createScreen();
    expect(readArgv(['--help'], screen.terminal)).toBe(0);
    for (const { name, summary } of COMMANDS) {
      expect(screen.out()).toContain(name);
      expect(screen.out().replaceAll(/\s+/g, ' ')).toContain(summary);
    }
  });

  test.each(COMMANDS.map(({ name }) => [name]))('helps on %s, with its options and those of all', (name) => {
    const screen = createScreen();
    expect(readArgv([name, '--help'], screen.terminal)).toBe(0);
    expect(screen.out()).toContain(`Usage: tsvisor ${name}`);
    expect(screen.out()).toContain('--config');
    expect(screen.err()).toBe('');
  });

  test('loads every command that the table names', async () => {
    for (const { load } of COMMANDS) expect(typeof (await load()).run).toBe('function');
  });
});
