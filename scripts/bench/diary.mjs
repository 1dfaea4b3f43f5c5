// Which programs have started, when, and with which members? Reads the file that the stamp program appends to.

import { execFileSync } from 'node:child_process';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const SOURCE = fileURLToPath(new URL('stamp.c', import.meta.url));

/** Milliseconds on the clock that the stamps are taken from. */
export const now = () => Number(process.hrtime.bigint()) / 1e6;

/** Compiles the stamp program; its path, or null where there is no C compiler. */
export const buildStamp = (path) => {
  for (const linkage of [['-static'], []]) {
    try {
      execFileSync('cc', ['-O2', ...linkage, '-o', path, SOURCE], { stdio: 'ignore' });
      return path;
    } catch (error) {
      if (error.code === 'ENOENT') return null;
    }
  }
  return null;
};

const parse = (line) => {
  const [kind, name, pid, leader, nanoseconds] = line.split(' ');
  return { kind, name, pid: Number(pid), leader: Number(leader), at: Number(nanoseconds) / 1e6 };
};

/** `leaders(name?)` and `membersOf(pid)` are what has been written so far, in the order of writing. */
export const openDiary = (path) => {
  const file = openSync(path, 'a+');
  const buffer = Buffer.alloc(1 << 20);
  const entries = [];
  let offset = 0;

  const refresh = () => {
    while (fstatSync(file).size > offset) {
      const length = readSync(file, buffer, 0, buffer.length, offset);
      const text = buffer.latin1Slice(0, length);
      const whole = text.slice(0, text.lastIndexOf('\n') + 1);
      offset += whole.length;
      for (const line of whole.split('\n')) if (line !== '') entries.push(parse(line));
    }
    return entries;
  };

  return {
    path,
    leaders: (name) => refresh().filter((entry) => entry.kind === 'L' && (name ?? entry.name) === entry.name),
    membersOf: (leader) => refresh().filter((entry) => entry.kind === 'M' && entry.leader === leader),
    members: () => refresh().filter((entry) => entry.kind === 'M'),
    close: () => closeSync(file),
  };
};
