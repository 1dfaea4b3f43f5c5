// Do the same questions get the same answers from real supervisord and from tsvisor?

import { readFileSync } from 'node:fs';
import { setTimeout as after } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { hasSupervisord } from './abilities.ts';
import { run } from './dist.ts';
import { openSandbox, type Sandbox } from './sandbox.ts';
import { masked } from './oracle/mask.ts';
import { openPeer, type Peer } from './oracle/peer.ts';
import { edited, writeScene } from './oracle/scene.ts';
import { SCRIPT, type Step } from './oracle/script.ts';
import { until } from '../until.ts';

interface Pair {
  readonly theirs: Peer;
  readonly ours: Peer;
}

const startSupervisord = async ({ config, folder }: Sandbox): Promise<void> => {
  const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env;
  const said = await run(['supervisord', '-c', config], { ...env, TSVISOR_SANDBOX: folder }, folder);
  if (said.code !== 0) throw new Error(`cannot start supervisord: ${said.stdout}${said.stderr}`);
};

const openPair = async (): Promise<Pair> => {
  const sandboxes = [openSandbox(), openSandbox()] as const;
  for (const sandbox of sandboxes) sandbox.write(...writeScene(sandbox));
  await Promise.all([startSupervisord(sandboxes[0]), sandboxes[1].start()]);
  const [theirs, ours] = [openPeer(sandboxes[0]), openPeer(sandboxes[1])];
  onTestFinished(async () => {
    await Promise.all([theirs.end(), ours.end()]);
  });
  return { theirs, ours };
};

const isUp = async (peer: Peer): Promise<boolean> =>
  'value' in (await peer.ask('rpc', 'supervisor.getState', []));

/** Answers what the peer said, masked; null for a step that asks nothing. */
const take = async (peer: Peer, step: Step): Promise<unknown> => {
  const { sandbox } = peer;
  switch (step.act) {
    case 'reach':
      await peer.reach(step.name, step.state);
      return null;
    case 'edit':
    case 'mend':
      sandbox.write(...edited(writeScene(sandbox), sandbox));
      return null;
    case 'break':
      sandbox.write(...writeScene(sandbox), '[program:broken]\n');
      return null;
    case 'revive':
      await until('a supervisor that answers again', () => isUp(peer), { within: 30_000, every: 100 });
      return null;
    case 'ctl':
    case 'rpc':
    case 'raw':
    case 'stream':
      return masked(await peer.ask(step.act, ...step.args), sandbox.folder);
  }
};

interface Difference {
  readonly step: Step;
  readonly theirs: unknown;
  readonly ours: unknown;
}

const asked = (step: Step): boolean => 'args' in step;

/** Changes nothing, and may come between two moments of a process that is on its way: then it is done again. */
const isLook = (step: Step): boolean => {
  if (!('args' in step)) return false;
  const [first] = step.args.flat();
  return /^(?:status|avail|pid|supervisor\.get\w+)$/.test(String(first));
};

const same = ([theirs, ours]: readonly unknown[]): boolean =>
  JSON.stringify(sorted(theirs)) === JSON.stringify(sorted(ours));

const compare = async ({ theirs, ours }: Pair): Promise<readonly Difference[]> => {
  const differences: Difference[] = [];
  for (const step of SCRIPT) {
    const both = () => Promise.all([take(theirs, step), take(ours, step)]);
    let answers = await both();
    for (
      let looks = 0;
      looks < 20 && !same(answers) && isLook(step) && ruleOf(step) === undefined;
      looks += 1
    ) {
      await after(250);
      answers = await both();
    }
    if (asked(step) && !same(answers)) differences.push({ step, theirs: answers[0], ours: answers[1] });
  }
  return differences;
};

/** Who of many is stopped first is chance under supervisord, and the order of members in a struct means nothing. */
const sorted = (value: unknown): unknown => {
  if (typeof value === 'string') return value.split('\n').toSorted().join('\n');
  if (Array.isArray(value)) {
    const items = value.map(sorted);
    const isBatch = items.every((item) => typeof item === 'object' && item !== null && 'status' in item);
    return isBatch ? items.map((item) => JSON.stringify(item)).toSorted() : items;
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([x], [y]) => (x < y ? -1 : 1))
      .map(([key, member]) => [key, sorted(member)]),
  );
};

const ruleOf = (step: Step): string | undefined => ('differs' in step ? step.differs : undefined);

test.skipIf(!hasSupervisord)(
  'answers supervisorctl and Python clients as supervisord does, but for the differences in docs/supervisord.md',
  { timeout: 300_000 },
  async () => {
    const differences = await compare(await openPair());
    const steps = SCRIPT.filter(asked);
    const unexplained = differences.filter(({ step }) => ruleOf(step) === undefined);
    console.log(
      `${steps.length} steps, ${differences.length} differences, ${unexplained.length} unexplained`,
    );
    expect(unexplained).toEqual([]);
    expect(steps.length).toBeGreaterThan(120);
    const differing = new Set(differences.map(({ step }) => step));
    expect(steps.filter((step) => ruleOf(step) !== undefined && !differing.has(step))).toEqual([]);
  },
);

test('has a row in docs/supervisord.md for every difference that the script allows', () => {
  const page = readFileSync('docs/supervisord.md', 'utf8');
  const rules = new Set(SCRIPT.map(ruleOf).filter((rule) => rule !== undefined));
  expect(rules.size).toBeGreaterThan(5);
  expect([...rules].filter((rule) => !page.includes(`| \`${rule}\``))).toEqual([]);
});
