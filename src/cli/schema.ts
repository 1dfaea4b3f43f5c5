// `tsvisor schema`: what may a tsvisor.yaml hold?

import { jsonSchema } from '../config/schema.ts';
import type { Run } from './commands.ts';

export const run: Run = ({ terminal }) => {
  terminal.out(JSON.stringify(jsonSchema(), null, 2));
  return Promise.resolve(0);
};
