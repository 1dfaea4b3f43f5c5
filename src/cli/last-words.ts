// What did a supervisor write to stderr before it had a log, or after it lost it?

import { closeSync, fstatSync, ftruncateSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';

const MAX_FILE_BYTES = 1024 * 1024;
const MAX_SHOWN_BYTES = 2048;

export interface LastWords {
  /** To be given to the supervisor as its stderr. */
  readonly fd: number;
  /** What has been written since the file was opened; the end of it when it is long. */
  read(): string;
  close(): void;
}

export const openLastWords = (runtimeDir: string): LastWords => {
  const fd = openSync(join(runtimeDir, 'stderr.log'), 'a+', 0o600);
  if (fstatSync(fd).size > MAX_FILE_BYTES) ftruncateSync(fd);
  const begun = fstatSync(fd).size;
  return {
    fd,
    read() {
      const end = fstatSync(fd).size;
      const from = Math.max(begun, end - MAX_SHOWN_BYTES);
      const bytes = Buffer.alloc(Math.max(0, end - from));
      return bytes.toString('utf8', 0, readSync(fd, bytes, 0, bytes.length, from)).trim();
    },
    close: () => closeSync(fd),
  };
};
