// What do the page and the metrics of 500 processes cost, and ten open pages at rest?

import { readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { setTimeout as after } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { cpuSeconds } from '../observe/processes.mjs';
import { until } from '../observe/wait.mjs';
import { allRunning, median, onScene, programs } from './scene.mjs';

const PROGRAMS = 500;
const PAGES = 10;
const SETTLE_MS = 12_000;
const SECONDS = 20;
const PROBE = fileURLToPath(new URL('delay-probe.cjs', import.meta.url));

/** Milliseconds to the first byte and to the last, and bytes. */
const get = (socketPath, path) =>
  new Promise((resolve, reject) => {
    const began = performance.now();
    const asked = request({ socketPath, path }, (reply) => {
      let first = null;
      let size = 0;
      reply.on('data', (part) => {
        first ??= performance.now() - began;
        size += part.length;
      });
      reply.on('end', () =>
        resolve({ status: reply.statusCode, first, whole: performance.now() - began, size }),
      );
      reply.on('error', reject);
    });
    asked.on('error', reject);
    asked.end();
  });

const post = (socketPath, path, body) =>
  new Promise((resolve, reject) => {
    const asked = request({ socketPath, path, method: 'POST' }, (reply) => {
      reply.resume().on('end', resolve);
    });
    asked.on('error', reject);
    asked.end(JSON.stringify(body));
  });

const repeated = async (socketPath, path, rounds) => {
  const all = [];
  for (let round = 0; round < rounds; round += 1) all.push(await get(socketPath, path));
  return {
    first: median(all.map(({ first }) => first)),
    whole: median(all.map(({ whole }) => whole)),
    size: all[0].size,
  };
};

/** Milliseconds of CPU that one request costs. */
const costOf = async (socketPath, path, { pids, rounds }) => {
  const before = cpuOf(pids);
  await repeated(socketPath, path, rounds);
  return ((cpuOf(pids) - before) / rounds) * 1000;
};

const cpuOf = (pids) => pids.reduce((sum, pid) => sum + cpuSeconds(pid), 0);

/** What the probe sees: the median of the longest turn in every five seconds, in each of which all is sampled. */
const delayOf = async (file, windows) => {
  const seen = () => readFileSync(file, 'utf8').split('\n').filter(Boolean).map(Number);
  writeFileSync(file, '');
  await until('turns', () => seen().length >= windows, { within: (windows + 3) * 5000, every: 250 });
  return median(seen());
};

/** An open page: hears of changes and counts their bytes. */
const openPage = (socketPath) =>
  new Promise((resolve, reject) => {
    const heard = { rows: [], close: () => asked.destroy() };
    const asked = request({ socketPath, path: `/events?since=${Date.now() * 2}` }, (reply) => {
      reply.setEncoding('utf8').on('data', (text) => {
        if (text.includes('event: rows')) heard.rows.push(Buffer.byteLength(text));
        resolve(heard);
      });
      reply.on('error', () => undefined);
    });
    asked.on('error', reject);
    asked.end();
  });

/** Bytes that an open page hears of one restart, all its changes together. */
const updateOf = async (socketPath, page) => {
  page.rows.length = 0;
  await post(socketPath, '/api/v1/restart', { names: ['app-000'] });
  await until('a change heard', () => page.rows.length > 0, { within: 10_000 });
  return Math.max(...page.rows);
};

const open = async (socket, pids, { quick, delays }) => {
  const pages = await Promise.all(Array.from({ length: PAGES }, () => openPage(socket)));
  await after(SETTLE_MS);
  const before = cpuOf(pids);
  const seconds = quick ? 10 : SECONDS;
  await after(seconds * 1000);
  const share = ((cpuOf(pids) - before) / seconds) * 100;
  const delay = await delayOf(delays, quick ? 2 : 5);
  const update = await updateOf(socket, pages[0]);
  for (const page of pages) page.close();
  return { share, update, delay };
};

const measureTsvisor = async (scene, { quick, delays, rounds }) => {
  const socket = scene.sandbox.file('s.sock');
  const pids = await scene.supervisor.pids(scene.sandbox);
  await repeated(socket, '/metrics', 5);
  const metrics = await repeated(socket, '/metrics', rounds);
  const cost = await costOf(socket, '/metrics', { pids, rounds: rounds * 4 });
  return { metrics: metrics.whole, cost, ...(await open(socket, pids, { quick, delays })) };
};

/** The probe is loaded into the supervisor of the scene, and into nothing of ours. */
const withProbe = async (delays, look) => {
  Object.assign(process.env, { NODE_OPTIONS: `--require ${PROBE}`, TSVISOR_DELAY_FILE: delays });
  try {
    return await look();
  } finally {
    delete process.env.NODE_OPTIONS;
    delete process.env.TSVISOR_DELAY_FILE;
  }
};

const measure = (context, delays) =>
  onScene({ ...context, cast: programs('app', PROGRAMS) }, async (scene) => {
    await allRunning(scene);
    const socket = scene.sandbox.file('s.sock');
    const rounds = context.quick ? 5 : 25;
    await repeated(socket, '/', 5);
    const page = await repeated(socket, '/', rounds);
    const figures = { first: page.first, size: page.size / 1000 };
    if (scene.supervisor.name !== 'tsvisor') return figures;
    return { ...figures, ...(await measureTsvisor(scene, { quick: context.quick, delays, rounds })) };
  });

export const web = {
  name: 'web',
  measure: (context) => {
    const delays = `${context.stamp}.delays`;
    return withProbe(delays, () => measure(context, delays));
  },
  lines: [
    { key: 'first', label: 'page of 500 processes, first byte', unit: 'ms', target: 30 },
    { key: 'size', label: '   its size', unit: 'kB', target: 150 },
    { key: 'update', label: '   largest update to an open page, at a restart', unit: 'B', target: 2000 },
    { key: 'share', label: '   10 open pages at rest, CPU', unit: '% of a core', target: 2 },
    { key: 'delay', label: '   longest turn of the event loop meanwhile, CPU', unit: 'ms', target: 5 },
    { key: 'metrics', label: '/metrics of 500 processes', unit: 'ms', target: 15 },
    { key: 'cost', label: '   CPU of one', unit: 'ms', target: null },
  ],
};
