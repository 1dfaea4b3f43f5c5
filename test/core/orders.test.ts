// What becomes of a process that an operator starts, stops or signals, in each phase it can be in?

import { describe, expect, test } from 'vitest';
import { carryOut, type KnownProcesses, type Order } from '../../src/core/orders.ts';
import type { Process } from '../../src/core/process.ts';
import type { Outcome } from '../../src/model/command.ts';
import { OK, settle, Stage } from './stage.ts';

/** Code or words of each outcome, and who it is about. */
const told = (outcomes: readonly Outcome[]): readonly string[] =>
  outcomes.map(({ process, ok, code, message }) => `${process.name}: ${ok ? message : code}`);

const known = (...processes: readonly Process[]): KnownProcesses => ({
  byPriority: processes,
  group: () => undefined,
});

interface Asked {
  readonly stage: Stage;
  readonly process: Process;
  order(order: Order): Promise<readonly string[]>;
}

const ask = (): Asked => {
  const stage = new Stage();
  const process = stage.process();
  const order: Asked['order'] = async (given) =>
    told(await carryOut(given, known(process), () => stage.clock.now()));
  return { stage, process, order };
};

const START = { verb: 'start', names: ['all'], wait: true } as const;
const HANGUP = { verb: 'signal', names: ['all'], signal: 'SIGHUP' } as const;
const refusal = { code: 'NO_COMMAND', reason: "can't find command 'x'" } as const;

describe('start', () => {
  test('changes nothing when the command cannot be found', async () => {
    const { stage, process, order } = ask();
    stage.refusal = refusal;
    expect(await order(START)).toEqual(['app: NO_COMMAND']);
    expect(process.phase.name).toBe('stopped');
    expect(stage.events).toEqual([]);
  });

  test('of a process that runs is refused for that, whatever became of its command', async () => {
    const { stage, process, order } = ask();
    await stage.running(process);
    stage.refusal = refusal;
    expect(await order(START)).toEqual(['app: ALREADY_STARTED']);
  });

  test('of a process that is stopping waits for its end, then starts it', async () => {
    const { stage, process, order } = ask();
    await stage.running(process);
    process.feed({ name: 'stop', reason: 'stop' });
    const outcome = order(START);
    await stage.dies(OK);
    expect(process.phase.name).toBe('launching');
    await stage.launched();
    stage.clock.advance(1000);
    expect(await outcome).toEqual(['app: started']);
  });

  test('without waiting answers at once for a process that is stopping, and starts it all the same', async () => {
    const { stage, process, order } = ask();
    await stage.running(process);
    process.feed({ name: 'stop', reason: 'stop' });
    expect(await order({ ...START, wait: false })).toEqual(['app: starting']);
    await stage.dies(OK);
    expect(process.phase.name).toBe('launching');
  });
});

test('stop without waiting does not say that it has stopped already', async () => {
  const { stage, process, order } = ask();
  await stage.running(process);
  expect(await order({ ...START, verb: 'stop', wait: false })).toEqual(['app: stopping']);
  expect(process.phase.name).toBe('stopping');
});

describe('signal', () => {
  test('says when the kernel forbids it, and when there is nobody', async () => {
    const { stage, process, order } = ask();
    expect(await order(HANGUP)).toEqual(['app: NOT_RUNNING']);
    await stage.running(process);
    expect(await order(HANGUP)).toEqual(['app: signalled']);
    stage.hands.signal = () => 'denied';
    expect(await order(HANGUP)).toEqual(['app: SIGNAL_DENIED']);
  });
});

describe('many at once', () => {
  /** Processes with a stage each, which all run. */
  const many = async (names: readonly string[]) => {
    const stages = names.map(() => new Stage());
    const processes = names
      .map((name, index) => stages[index]?.process({ name }))
      .filter((one) => one !== undefined);
    for (const [index, process] of processes.entries()) await stages[index]?.running(process);
    return { stages, processes };
  };

  test('are told in their own order as long as they take about the same time, and by time when they do not', async () => {
    const { stages, processes } = await many(['slow', 'b', 'a']);
    let now = 0;
    const outcomes = carryOut({ verb: 'stop', names: ['all'], wait: true }, known(...processes), () => now);
    await stages[2]?.dies(OK);
    now = 100;
    await stages[1]?.dies(OK);
    now = 5000;
    await stages[0]?.dies(OK);
    await settle();
    expect(told(await outcomes)).toEqual(['b: stopped', 'a: stopped', 'slow: stopped']);
  });
});
