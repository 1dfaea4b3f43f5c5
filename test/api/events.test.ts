// Do clients hear what happens, and does one that does not read harm nobody?

import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { hearEvents, type Told } from '../../src/api/client-events.ts';
import type { Event } from '../../src/model/event.ts';
import { until } from '../until.ts';
import { openHouse, send, temporaryFolder, type House } from './sandbox.ts';

interface Stage extends House {
  announce(event: Event): void;
}

const openStage = async (): Promise<Stage> => {
  const hearers = new Set<(event: Event) => void>();
  const house = await openHouse({
    subscribe: (hear) => {
      hearers.add(hear);
      return () => hearers.delete(hear);
    },
  });
  return { ...house, announce: (event) => hearers.forEach((hear) => hear(event)) };
};

const care = (text: string): Event => ({ type: 'memory-care', process: { group: 'g', name: 'a' }, text });
const DELAYED: Event = { type: 'delayed', process: { group: 'g', name: 'a' }, seconds: 3, why: 'why' };

const hear = (path: string): { readonly told: Told[]; readonly ended: Promise<void> } => {
  const told: Told[] = [];
  return { told, ended: hearEvents(path, (one) => told.push(one)) };
};

const open = async (path: string, query = ''): Promise<{ readonly socket: Socket; text: () => string }> => {
  const socket = connect(path);
  onTestFinished(() => void socket.destroy());
  let text = '';
  socket.on('data', (bytes) => (text += bytes.toString()));
  socket.write(`GET /api/v1/events${query} HTTP/1.0\r\n\r\n`);
  await until('the beginning of the stream', () => text.includes('hello'));
  return { socket, text: () => text };
};

test('tells each event with its number and its time', async () => {
  const { path, announce } = await openStage();
  const { told } = hear(path);
  await until('hello', () => told.length === 1);
  announce(DELAYED);
  announce(care('é\nü'));
  await until('two events', () => told.length === 3);
  expect(told.map(({ event }) => event)).toEqual(['hello', 'delayed', 'memory-care']);
  expect(told[0]?.data).toMatchObject({ seq: 0, version: '0.1.0', pid: 4241 });
  expect(told[1]?.data).toEqual({ seq: 1, at: expect.any(Number), ...DELAYED });
  expect(told[2]?.data).toMatchObject({ seq: 2, text: 'é\nü' });
});

test('gives up on a supervisor that takes the connection and says nothing', async () => {
  const path = join(temporaryFolder(), 'silent.sock');
  const sockets: Socket[] = [];
  const server = createServer((socket) => void sockets.push(socket)).listen(path);
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const refused = hearEvents(path, () => undefined, { timeout: 50 });
  await expect(refused).rejects.toMatchObject({ code: 'NO_ANSWER' });
});

test('counts what happened before anybody listened', async () => {
  const { path, announce } = await openStage();
  announce(DELAYED);
  const { told } = hear(path);
  await until('hello', () => told.length === 1);
  expect(told[0]?.data).toMatchObject({ seq: 1 });
});

test('tells only the types that are asked for', async () => {
  const { path, announce } = await openStage();
  const { text } = await open(path, '?types=delayed,died');
  announce(care('not this'));
  announce(DELAYED);
  await until('the event', () => text().includes('event: delayed'));
  expect(text()).not.toContain('memory-care');
});

test('cuts a client off that does not read, with a marker behind what it has got, and delays no other', async () => {
  const { path, announce } = await openStage();
  const slow = await open(path);
  const { told } = hear(path);
  await until('hello', () => told.length === 1);
  slow.socket.pause();
  let sent = 0;
  while (sent < 60) {
    announce(care('x'.repeat(100_000)));
    sent += 1;
    await until('the other client', () => told.length === sent + 1);
  }
  expect((await send(path, { path: '/healthz' })).status).toBe(200);
  slow.socket.resume();
  await until('the marker', () => slow.text().includes('event: dropped'));
  await until('the end', () => slow.socket.readableEnded);
  expect(slow.text().match(/event: memory-care/g)?.length).toBeLessThan(60);
});

test('ends with the supervisor, at once', async () => {
  const { path, api } = await openStage();
  const { told, ended } = hear(path);
  await until('hello', () => told.length === 1);
  const began = performance.now();
  await Promise.all([api.close(), ended]);
  expect(performance.now() - began).toBeLessThan(900);
});

test('turns away the 65th', async () => {
  const { path } = await openStage();
  const crowd = Array.from({ length: 64 }, () => hear(path));
  await until('all hello', () => crowd.every(({ told }) => told.length === 1));
  await expect(hearEvents(path, () => {})).rejects.toThrow('too many listen to its events');
});

test('is refused by a supervisor that has no events, and by nobody at all', async () => {
  const { path } = await openHouse();
  await expect(hearEvents(path, () => {})).rejects.toThrow('no such resource');
  await expect(hearEvents(`${path}.none`, () => {})).rejects.toThrow('it is not running');
});
