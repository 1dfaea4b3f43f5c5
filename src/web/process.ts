// Everything about one process: what it uses, how it died last and why, and what can be done with it.

import { namespec } from '../model/name.ts';
import type { ProcessStatus } from '../model/command.ts';
import { TsvisorError } from '../model/errors.ts';
import { readinessWords } from '../model/readiness.ts';
import { chart } from './chart.ts';
import { markup, type Html } from './markup.ts';
import type { Page, Visit } from './layout.ts';
import { ORDERS, SIGNALS } from './orders.ts';
import type { Backend } from './backend.ts';
import { actsOn } from './rows.ts';
import { bytesWords, exitWords, percentWords, timeWords, uptimeWords } from './words.ts';

const findStatus = (backend: Backend, name: string): ProcessStatus => {
  const found = backend
    .statuses()
    .find((status) => namespec(status) === name || `${status.group}:${status.name}` === name);
  if (found === undefined) throw new TsvisorError('BAD_NAME', { name });
  return found;
};

const limitWords = ({ memoryMax }: ProcessStatus): string => {
  if (memoryMax === null) return 'none';
  const { requested, enforcedBy } = memoryMax;
  return `${bytesWords(requested)}, ${enforcedBy === null ? 'enforced by nothing here' : `enforced by ${enforcedBy}`}`;
};

const scoreLine = ({ score }: ProcessStatus): string => {
  if (score === null) return 'not started';
  const refusal = score.refusal === null ? '' : ` (${score.refusal})`;
  return `${score.requested} requested, ${score.effective} effective${refusal}`;
};

const deathLine = ({ lastDeath }: ProcessStatus): string => {
  if (lastDeath === null) return 'never';
  const { at, exit, verdict } = lastDeath;
  const why = verdict === null ? '' : `; oom: ${verdict.oom}; ${verdict.because}`;
  return `${timeWords(at)}: ${exitWords(exit)}${why}`;
};

const dutyLine = ({ type, completed, nextRun }: NonNullable<ProcessStatus['duty']>): string =>
  [
    type,
    ...(completed ? ['completed'] : []),
    ...(nextRun === null ? [] : [`next run ${timeWords(nextRun * 1000)}`]),
  ].join(', ');

/** The phase where it says more. */
const stateWords = ({ state, phase }: ProcessStatus): string =>
  state.toLowerCase() === phase ? state : `${state} (${phase})`;

const facts = (status: ProcessStatus): readonly (readonly [string, string])[] => [
  ['State', stateWords(status)],
  ['Description', status.description],
  ...(status.readiness === null ? [] : [['Readiness', readinessWords(status.readiness)] as const]),
  ...(status.duty === null ? [] : [['Duty', dutyLine(status.duty)] as const]),
  ['Pid', status.pid === 0 ? '–' : String(status.pid)],
  ['Uptime', status.uptime === 0 ? '–' : uptimeWords(status.uptime)],
  ['Members', String(status.members)],
  ['CPU', status.cpu === null ? '–' : `${percentWords(status.cpu)} %`],
  ['Memory', bytesWords(status.memory)],
  ...(status.pss === undefined ? [] : [['Proportional memory', bytesWords(status.pss)] as const]),
  ['Memory limit', limitWords(status)],
  ['oom_score_adj', scoreLine(status)],
  ['Restarts', String(status.restarts)],
  ['Last death', deathLine(status)],
  ['Containment', status.containment],
];

const actions = (status: ProcessStatus, { token }: Visit): Html => {
  const key = namespec(status);
  const buttons = [...actsOn(status.state), 'clear'].map(
    (act) => markup`<button name="${act}" value="${key}">${ORDERS[act]?.word ?? act}</button> `,
  );
  const signals = markup`<label>Signal <select name="with">${SIGNALS.map((signal) => markup`<option>${signal}`)}</select></label> <button name="signal" value="${key}">Send</button>`;
  return markup`<form method="post" action="/act"><input type="hidden" name="token" value="${token}"><input type="hidden" name="back" value="${key}"><p>${buttons}${status.pid > 0 && signals}</p></form>`;
};

const charts = (backend: Backend, key: string): Html => {
  const history = backend.history(key);
  if (history.length < 2)
    return markup`<p><small>Lines of the last minutes appear after ten seconds.</small></p>`;
  const [cpu, memory] = [history.map((point) => point.cpu), history.map((point) => point.memory)];
  return markup`<div class="charts">${chart(cpu, { label: 'CPU', most: `${percentWords(Math.max(...cpu))} %` })}${chart(memory, { label: 'Memory', most: bytesWords(Math.max(...memory)) })}</div>`;
};

export const processPage = (backend: Backend, visit: Visit, name: string): Page => {
  const status = findStatus(backend, name);
  const key = namespec(status);
  const query = encodeURIComponent(key);
  const main = markup`<h1>${key}</h1>${!visit.readOnly && actions(status, visit)}<p><a href="/tail?name=${query}&amp;stream=stdout">Log of stdout</a> · <a href="/tail?name=${query}&amp;stream=stderr">Log of stderr</a></p><dl>${facts(
    status,
  ).map(([term, text]) => markup`<dt>${term}<dd>${text}`)}</dl>${charts(backend, key)}`;
  return { title: key, main, live: 'process' };
};
