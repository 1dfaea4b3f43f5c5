// `tsvisor doctor`: what holds here where memory is concerned, and what to do about it.

import { createClient } from '../api/client.ts';
import type { StatusReply } from '../model/command.ts';
import { TsvisorError } from '../model/errors.ts';
import { diagnose, gravity, type Finding } from '../oom/doctor.ts';
import { readDoctorFacts } from '../oom/doctor-facts.ts';
import type { Invocation, Run } from './commands.ts';
import { locate } from './locate.ts';
import { painter, type Paint, type Style } from './text/terminal.ts';

/** Null where no config is found or nobody answers: then the machine is looked at alone. */
const ask = async (options: Invocation['options']): Promise<StatusReply | null> => {
  try {
    return await createClient(await locate(options)).status();
  } catch (error) {
    if (error instanceof TsvisorError && ['NO_CONFIG', 'NOT_RUNNING_HERE'].includes(error.code)) return null;
    throw error;
  }
};

const STYLES: Readonly<Record<Finding['level'], Style>> = { fine: 'green', advice: 'yellow', broken: 'red' };

const lines = ({ level, about, text, cure }: Finding, paint: Paint): readonly string[] => [
  `${paint(STYLES[level], level.padEnd(6))}  ${about}: ${text}`,
  ...(cure === '' ? [] : [`        ${paint('dim', `do: ${cure}`)}`]),
];

export const run: Run = async ({ options, terminal }) => {
  const status = await ask(options);
  const facts = readDoctorFacts({ supervisor: status?.supervisor.pid ?? null });
  const findings = diagnose({ facts, status });
  const paint = painter(terminal.color);
  if (options.json === true) terminal.out(JSON.stringify({ findings, facts }, null, 2));
  else terminal.out(findings.flatMap((finding) => lines(finding, paint)).join('\n'));
  return gravity(findings);
};
