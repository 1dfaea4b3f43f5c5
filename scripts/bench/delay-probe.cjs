// How long does the supervisor's event loop work between two turns? Loaded into it by NODE_OPTIONS for a benchmark; sleeps until its file is there, then adds a
// line every five seconds: the longest turn in milliseconds of CPU, so that what other programs of the machine do is left out.

const { appendFileSync, existsSync, readFileSync } = require('node:fs');

const WINDOW_MS = 5000;
const BEAT_MS = 1;
const path = process.env.TSVISOR_DELAY_FILE;

/** Milliseconds of CPU of our first thread: the first number of its schedstat, in nanoseconds. */
const worked = () => Number(readFileSync('/proc/self/schedstat', 'latin1').split(' ')[0]) / 1e6;

let last = null;
let longest = 0;

const beat = () => {
  const now = worked();
  if (last !== null) longest = Math.max(longest, now - last);
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
