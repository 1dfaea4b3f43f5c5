// `tsvisor doctor`: what holds here where memory is concerned, and what to do about it.

import { dirname } from 'node:path';
import { TsvisorError } from '../model/errors.ts';
import { diagnose, gravity, type Examination, type Finding } from '../oom/doctor.ts';
import { readDoctorFacts } from '../oom/doctor-facts.ts';
import type { Invocation, Run } from './commands.ts';
import { pidOf } from './life/holder.ts';
import { reach } from './reach.ts';
import { painter, type Style, type Terminal } from './text/terminal.ts';
import { indented } from './text/words.ts';

/** Milliseconds: that nothing has come by then is a finding of its own. */
const TIMEOUT_MS = 5000;

/** Where no config is found or nobody is there the machine is looked at alone; and so where the supervisor hangs, which is told. */
const ask = async (invocation: Invocation): Promise<Pick<Examination, 'status' | 'silent'>> => {
  try {
    return { status: await (await reach(invocation, TIMEOUT_MS)).status() };
  } catch (error) {
    if (!(error instanceof TsvisorError)) throw error;
    if (error.code === 'NO_ANSWER')
      return { status: null, silent: pidOf(dirname(String(error.facts['socket']))) };
    if (error.code === 'NO_CONFIG' || error.code === 'NOT_RUNNING_HERE') return { status: null };
    throw error;
  }
};

const STYLES: Readonly<Record<Finding['level'], Style>> = { fine: 'green', advice: 'yellow', broken: 'red' };

const MARGIN = '        ';

const lines = ({ level, about, text, cure }: Finding, { color, columns }: Terminal): readonly string[] => {
  const paint = painter(color);
  const [first = '', ...rest] = indented(`${about}: ${text}`, MARGIN, columns);
  const cures = cure === '' ? [] : indented(`do: ${cure}`, MARGIN, columns);
  return [
    paint(STYLES[level], level) + first.slice(level.length),
    ...rest,
    ...cures.map((line) => paint('dim', line)),
  ];
};

export const run: Run = async (invocation) => {
  const { options, terminal } = invocation;
  const asked = await ask(invocation);
  const facts = readDoctorFacts({ supervisor: asked.status?.supervisor.pid ?? asked.silent ?? null });
  const findings = diagnose({ facts, ...asked });
  if (options.json === true) terminal.out(JSON.stringify({ findings, facts }, null, 2));
  else terminal.out(findings.flatMap((finding) => lines(finding, terminal)).join('\n'));
  return gravity(findings);
};
