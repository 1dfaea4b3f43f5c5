// How does a named pipe come to hold more than the default? The guardian's binary asks the kernel, since Node cannot.

import { execFile } from 'node:child_process';

/** False when the kernel refuses, which it does to those who hold many large pipes already. */
export const widenBy =
  (guardian: string) =>
  (fifo: string, bytes: number): Promise<boolean> =>
    new Promise((resolve) => {
      execFile(guardian, ['widen', String(bytes), fifo], (error) => resolve(error === null));
    });
