// How was this supervisor started? Its own command line, written by `tsvisor start`.

import { parseArgs } from 'node:util';

export interface Settings {
  /** Absolute path of the main config file. */
  readonly config: string;
  readonly runtimeDir: string;
  readonly foreground: boolean;
}

export const readSettings = (argv: readonly string[]): Settings => {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      config: { type: 'string' },
      runtime: { type: 'string' },
      foreground: { type: 'boolean', default: false },
    },
  });
  if (values.config === undefined || values.runtime === undefined)
    throw new Error('the daemon is started by `tsvisor start`');
  return { config: values.config, runtimeDir: values.runtime, foreground: values.foreground };
};
