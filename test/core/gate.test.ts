// Memory is short: who waits, for what, and who comes in first?

import { describe, expect, test } from 'vitest';
import { Stage } from './stage.ts';
import { PLAIN_CARE } from '../model/process-plan.ts';

const GATED = { care: { ...PLAIN_CARE, startWhen: { memoryAvailable: 100, pressureBelow: 20 } } };
const start = { name: 'start', automatic: false } as const;

describe('the gate', () => {
  test('keeps a start waiting while memory is short, says for what, and lets it in later', async () => {
    const stage = new Stage();
    stage.memory = { available: 50, pressure: 0 };
    const process = stage.process(GATED);
    process.feed(start);
    expect(process.state).toBe('BACKOFF');
    expect(process.waitsFor()).toMatch(/waits for memory: .* available, start_when asks for/);
    stage.memory = { available: 50, pressure: 0, limitedBy: '/' };
    expect(process.waitsFor()).toMatch(/ available under the limit of this container, start_when asks for/);
    stage.memory = { available: 50, pressure: 0, limitedBy: '/ci.slice' };
    expect(process.waitsFor()).toMatch(/ available under the limit of \/ci\.slice, start_when asks for/);
    stage.gate.tick();
    expect(process.phase.name).toBe('waiting');
    stage.memory = { available: 500, pressure: 30 };
    expect(process.waitsFor()).toMatch(/memory pressure: 30 %.*less than 20 %/);
    stage.memory = { available: 500, pressure: 1 };
    stage.gate.tick();
    expect(process.phase.name).toBe('launching');
    expect(stage.told).toBe('STOPPED>STARTING STARTING>BACKOFF BACKOFF>STARTING');
  });

  test('does not touch processes without start_when, nor anybody where memory cannot be read', () => {
    const stage = new Stage();
    stage.memory = { available: 1, pressure: 99 };
    const free = stage.process({ name: 'free' });
    free.feed(start);
    expect(free.phase.name).toBe('launching');
    stage.memory = { available: null, pressure: null };
    const blind = stage.process({ ...GATED, name: 'blind' });
    blind.feed(start);
    expect(blind.phase.name).toBe('launching');
  });

  test('lets those with a lower priority number in first', () => {
    const stage = new Stage();
    stage.memory = { available: 50, pressure: 0 };
    const first = stage.process({ ...GATED, name: 'first', priority: 1 });
    const second = stage.process({ ...GATED, name: 'second', priority: 2 });
    second.feed(start);
    first.feed(start);
    expect(second.waitsFor()).toMatch(/behind ci:first/);
    stage.memory = { available: 500, pressure: 0 };
    stage.gate.tick();
    expect([first.phase.name, second.phase.name]).toEqual(['launching', 'launching']);
  });

  test('lets them in one at a time after the machine was out of memory', async () => {
    const stage = new Stage();
    const first = stage.process({ ...GATED, name: 'first', priority: 1 });
    const second = stage.process({ ...GATED, name: 'second', priority: 2 });
    stage.gate.alarm();
    first.feed(start);
    second.feed(start);
    expect(second.waitsFor()).toMatch(/waits for ci:first: one at a time/);
    stage.gate.tick();
    expect(second.phase.name).toBe('waiting');
    await stage.launched();
    stage.clock.advance(1000);
    stage.gate.tick();
    expect([first.phase.name, second.phase.name]).toEqual(['running', 'launching']);
  });

  test('gives up a wait when the operator stops the process', () => {
    const stage = new Stage();
    stage.memory = { available: 50, pressure: 0 };
    const process = stage.process(GATED);
    process.feed(start);
    process.feed({ name: 'stop', reason: 'stop' });
    expect(process.phase.name).toBe('stopped');
    stage.memory = { available: 500, pressure: 0 };
    stage.gate.tick();
    expect(process.phase.name).toBe('stopped');
  });
});
