// Who makes the named pipes of all processes? One short run of the guardian's binary, since Node cannot.

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { TsvisorError } from '../model/errors.ts';

const run = promisify(execFile);

/** Paths per run: well below the kernel's limit for a command line. */
const BATCH = 2000;

export const makePipes = async (guardian: string, paths: readonly string[]): Promise<void> => {
  for (let at = 0; at < paths.length; at += BATCH) {
    try {
      await run(guardian, ['fifo', '600', ...paths.slice(at, at + BATCH)]);
    } catch (error) {
      const reason =
        error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : String(error);
      throw new TsvisorError('START_FAILED', { reason: `cannot make named pipes: ${reason}` });
    }
  }
};
