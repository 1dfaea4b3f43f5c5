// Are all mistakes inside one value told at once, each with its own cure, and the value still refused as a whole?

import { expect, test } from 'vitest';
import { eachOf, isRefusal } from '../../src/config/refusal.ts';
import { health } from '../../src/config/duty-types.ts';
import { problemsOf } from './sandbox.ts';

const YAML = { name: 'tsvisor.yaml' };

test.each([
  [
    '{tcp: 80, intervall: 3, retries: x}',
    'health',
    ["'intervall' is no setting of it", "retries: 'x' is no number of checks"],
  ],
  [
    '{delay: x, max_delay: y}',
    'oom_restart',
    ["delay: 'x' is not a duration", "max_delay: 'y' is not a duration"],
  ],
  ['{above: x}', 'on_pressure', ["above: 'x' is not a percentage", 'it has no do']],
  ['{soft: x, by: y}', 'memory_limit_watch', ["soft: 'x' is not a size", "by: 'y' is not known"]],
  ['{memory_available: x, foo: 1}', 'start_when', ["'foo' is no setting of it", "memory_available: 'x' is"]],
  ['{cron: x, overlap: y}', 'schedule', ["'x' is no schedule", "overlap: 'y' is not known"]],
  ['{a: foo, b: bar}', 'depends_on', ["'foo' is no condition", "'bar' is no condition"]],
  ['{foo: 1, nofile: x}', 'ulimits', ["'foo' is no resource limit", "nofile: 'x' is not a whole number"]],
  [
    '{a: here, b: "unix:///b mode=x backlog=y"}',
    'sockets',
    ["'here' is no address", "'x' is no mode", "'y' is no backlog"],
  ],
  ["{a: '%(x)s', b: '%(y)s'}", 'environment', ['%(x)s', '%(y)s']],
])('tells every mistake of a value at once: %s as %s', async (value, key, told) => {
  const problems = await problemsOf(`programs:\n  web:\n    command: a\n    ${key}: ${value}\n`, YAML);
  expect(problems).toHaveLength(told.length);
  for (const [at, words] of told.entries()) expect(problems[at]).toContain(words);
  for (const problem of problems) expect(problem).toContain(`4: ${key}: cannot use programs.web: `);
});

test('an unknown setting that is nearly a known one has that as its cure', () => {
  const read = health({ tcp: '80', intervall: '3', threshold: '4' });
  const hints = isRefusal(read) ? eachOf(read).map(({ hint }) => hint) : [];
  expect(hints[0]).toBe('did you mean interval?');
  expect(hints[1]).toMatch(/^one of exec, /);
});
