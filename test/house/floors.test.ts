// Does every import obey the table of docs/house.md?

import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');
const SRC = join(ROOT, 'src');

/** Folder of src → what it may import beside itself. `node:` is open to all but model. */
const FLOORS: Readonly<Record<string, readonly string[]>> = {
  model: [],
  kernel: ['model'],
  config: ['model', 'yaml', 'croner'],
  oom: ['model', 'kernel'],
  core: ['model', 'kernel/port'],
  spawn: ['model', 'kernel', 'execa', 'tree-kill'],
  logs: ['model', 'pino'],
  guardian: ['model'],
  health: ['model'],
  events: ['model', 'core/bus'],
  metrics: ['model', 'kernel', 'pidusage'],
  api: ['model', '@rgrove/parse-xml'],
  web: ['model'],
  export: ['model', 'kubernetes-types'],
  cli: [
    'model',
    'config',
    'guardian/binary',
    'export',
    'oom/doctor',
    'oom/doctor-facts',
    'oom/rehearsal',
    'api/client',
    'api/client-events',
    'api/client-follow',
    'api/client-oom',
    'api/client-rpc',
    'api/client-xml',
    'commander',
  ],
  daemon: [
    'model',
    'kernel',
    'config',
    'oom',
    'core',
    'spawn',
    'logs',
    'guardian',
    'health',
    'events',
    'metrics',
    'api',
    'web',
  ],
  index: ['model', 'config', 'api/client'],
};

interface Import {
  readonly file: string;
  readonly room: string;
  readonly target: string;
  readonly typeOnly: boolean;
}

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => join(SRC, name));

const roomOf = (file: string): string => {
  const [first = ''] = relative(SRC, file).split('/');
  return first.replace(/\.ts$/, '');
};

const IMPORT = /(?:^|\n)\s*(?:import|export)\s+(type\s+)?[^;'"]*?from\s+'([^']+)'|import\('([^']+)'\)/g;

const importsOf = (file: string): readonly Import[] =>
  [...readFileSync(file, 'utf8').matchAll(IMPORT)].map((match) => ({
    file,
    room: roomOf(file),
    target: match[2] ?? match[3] ?? '',
    typeOnly: match[1] !== undefined,
  }));

const imports = files.flatMap(importsOf);

const isBuiltin = (target: string): boolean => target.startsWith('node:') || builtinModules.includes(target);

/** `kernel/port` for a file, `yaml` for a package, `node:fs` for a builtin. */
const addressOf = ({ file, target }: Import): string =>
  target.startsWith('.') ? relative(SRC, resolve(dirname(file), target)).replace(/\.ts$/, '') : target;

const allowed = (one: Import): boolean => {
  if (isBuiltin(one.target)) return one.room !== 'model';
  const address = addressOf(one);
  if (address.split('/')[0] === one.room) return true;
  return (FLOORS[one.room] ?? []).some((floor) => address === floor || address.startsWith(`${floor}/`));
};

describe('the floors of the house', () => {
  test('are seen whole before they are judged', () => {
    expect(files.length).toBeGreaterThan(40);
    expect(imports.length).toBeGreaterThan(150);
    expect(new Set(files.map(roomOf))).toEqual(
      new Set([
        'model',
        'kernel',
        'config',
        'oom',
        'core',
        'spawn',
        'logs',
        'guardian',
        'health',
        'events',
        'metrics',
        'api',
        'web',
        'export',
        'cli',
        'daemon',
        'index',
      ]),
    );
  });

  test('hold: no folder imports upward', () => {
    const broken = imports
      .filter((one) => !allowed(one))
      .map((one) => `${relative(ROOT, one.file)} → ${one.target}`);
    expect(broken).toEqual([]);
  });

  test('hold: core sees of the kernel only its port, as types', () => {
    const broken = imports.filter(
      (one) => one.room === 'core' && addressOf(one).startsWith('kernel') && !one.typeOnly,
    );
    expect(broken).toEqual([]);
  });

  test('hold: each outside package has one file that imports it', () => {
    const owners = new Map<string, Set<string>>();
    for (const one of imports) {
      if (one.target.startsWith('.') || isBuiltin(one.target) || one.typeOnly) continue;
      owners.set(one.target, (owners.get(one.target) ?? new Set()).add(relative(ROOT, one.file)));
    }
    const shared = [...owners]
      .filter(([, who]) => who.size > 1)
      .map(([name, who]) => `${name}: ${[...who].join(', ')}`);
    expect(owners.size).toBeGreaterThan(3);
    expect(shared).toEqual([]);
  });

  test('hold: no cycle of imports', () => {
    const next = new Map<string, string[]>();
    for (const one of imports) {
      if (!one.target.startsWith('.') || one.typeOnly) continue;
      const from = relative(SRC, one.file).replace(/\.ts$/, '');
      next.set(from, [...(next.get(from) ?? []), addressOf(one)]);
    }
    const cycles: string[] = [];
    const done = new Set<string>();
    const walk = (at: string, path: readonly string[]): void => {
      if (path.includes(at)) cycles.push([...path, at].join(' → '));
      if (done.has(at) || path.includes(at)) return;
      for (const to of next.get(at) ?? []) walk(to, [...path, at]);
      done.add(at);
    };
    for (const from of next.keys()) walk(from, []);
    expect(cycles).toEqual([]);
  });

  test('are the same in docs/house.md', () => {
    const house = readFileSync(join(ROOT, 'docs/house.md'), 'utf8');
    for (const room of Object.keys(FLOORS)) expect(house).toMatch(new RegExp(`\\| \`src/${room}(\\.ts)?\``));
  });
});
