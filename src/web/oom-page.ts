// Who dies next, on the machine and under each limit, and what did the OOM killer take so far?

import { namespec } from '../model/name.ts';
import type { Incident, OomDomain, RankedCandidate } from '../model/oom-report.ts';
import { markup, type Html } from './markup.ts';
import type { Page } from './layout.ts';
import type { Outlook } from './outlook.ts';
import { bytesWords, timeWords } from './words.ts';

/** Candidates shown of each domain: behind the tenth nobody looks. */
const SHOWN = 10;

const chosen = ({ later, badness }: RankedCandidate): number => Math.max(0, later ?? badness ?? 0);

/** Longest bar: the domain's limit, or the first candidate where its score lifts it above. */
const candidateRow = (candidate: RankedCandidate, place: number, longest: number): Html => {
  const { process, comm, pid, rss, score, why } = candidate;
  const who =
    process === null
      ? markup`${comm}`
      : markup`<a href="/process?name=${encodeURIComponent(process)}">${process}</a>`;
  const never = candidate.badness === null;
  return markup`<tr><td>${place}<th>${who} <small>${process === null ? '' : comm} ${pid}</small><td>${never ? 'never' : markup`<meter min="0" max="${longest}" value="${chosen(candidate)}" aria-label="chosen by">${bytesWords(chosen(candidate))}</meter>`}<td>${bytesWords(rss)}<td>${score.effective}<td><small>${why}</small>`;
};

const domainPart = ({ name, limit, used, candidates, more }: OomDomain): Html => {
  const longest = Math.max(limit, ...candidates.map(chosen));
  const shown = candidates.slice(0, SHOWN);
  const hidden = more + candidates.length - shown.length;
  return markup`<section><h3>${name}</h3><p>${used === null ? '' : `${bytesWords(used)} of `}${bytesWords(limit)} <meter min="0" max="${limit}" high="${limit * 0.9}" value="${used ?? 0}" aria-label="used"></meter></p><table class="rank"><thead><tr><th scope="col">#<th scope="col">Process<th scope="col">Chosen by<th scope="col">Memory<th scope="col">Score<th scope="col">Why</thead><tbody>${shown.map((candidate, index) => candidateRow(candidate, index + 1, longest))}</tbody></table>${hidden > 0 && markup`<p><small>and ${hidden} more</small></p>`}</section>`;
};

const whose = ({ process }: Incident): string =>
  process === null ? 'the supervisor itself' : namespec(process.group, process.name);

const incidentPart = (incident: Incident): Html => {
  const { at, whom, verdict, acts, members } = incident;
  const victim =
    verdict.victim === null ? '' : ` (${verdict.victim.comm ?? 'unknown'}, pid ${verdict.victim.pid})`;
  return markup`<li class="incident" id="${incident.id}"><h3><time>${timeWords(at)}</time> ${whose(incident)}: ${whom}${victim} killed</h3><p>${verdict.cause}, ${verdict.oom}: ${verdict.because}</p>${members.length > 0 && markup`<p><small>Members left: ${members.map(({ comm, pid, rss }) => `${comm} ${pid} ${bytesWords(rss)}`).join(', ')}</small></p>`}<ol class="acts">${acts.map(({ after, text }) => markup`<li><span>+${Math.round(after)} ms</span> ${text}`)}</ol>`;
};

export const oomPage = async (outlook: Outlook): Promise<Page> => {
  const [{ domains, memory }, { incidents }] = await Promise.all([
    outlook.ask({ verb: 'oom-rank', whatIf: '', limits: '' }),
    outlook.ask({ verb: 'incidents' }),
  ]);
  const available = memory.available === null ? '' : `, ${bytesWords(memory.available)} available`;
  const main = markup`<h1>Memory</h1><h2>Incidents</h2>${
    incidents.length === 0
      ? markup`<p>The OOM killer has taken nothing so far.`
      : markup`<ul class="incidents">${incidents.map(incidentPart)}</ul>`
  }<h2>Who dies next</h2><p>Memory ${bytesWords(memory.total)}, swap ${bytesWords(memory.swap)}${available}. The kernel chooses the longest bar.</p>${domains.map(domainPart)}`;
  return { title: 'Memory', main, live: 'oom' };
};
