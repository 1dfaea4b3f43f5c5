// How long does the supervisor's event loop keep others waiting? Loaded into it by NODE_OPTIONS for a benchmark; sleeps until its file is there, then adds a
// line every five seconds: the longest delay in milliseconds. Time in which the machine ran other programs instead is left out.

const { appendFileSync, existsSync, readFileSync } = require('node:fs');

const WINDOW_MS = 5000;
const BEAT_MS = 1;
const path = process.env.TSVISOR_DELAY_FILE;

/** Milliseconds that our first thread was ready to run and did not: the second number of its schedstat, in nanoseconds. */
const keptFromRunning = () => Number(readFileSync('/proc/self/schedstat', 'latin1').split(' ')[1]) / 1e6;

let last = null;
let longest = 0;

const beat = () => {
  const now = { at: performance.now(), kept: keptFromRunning() };
  if (last !== null) longest = Math.max(longest, now.at - last.at - (now.kept - last.kept) - BEAT_MS);
  last = now;
};

/** A thousand beats a second cost more than what they measure: only while it is asked for. */
let beats = null;
const tell = () => {
  const wanted = existsSync(path);
  if (wanted && beats !== null) appendFileSync(path, `${longest.toFixed(2)}\n`);
  if (wanted) beats ??= setInterval(beat, BEAT_MS).unref();
  longest = 0;
};

if (path !== undefined && process.argv[1]?.endsWith('/daemon.js')) setInterval(tell, WINDOW_MS).unref();
