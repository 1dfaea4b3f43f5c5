// Who dies next, on the machine and under each limit, and what did the OOM killer take so far?

import { namespec } from '../model/name.ts';
import type { Incident, MemorySample, OomDomain, RankedCandidate } from '../model/oom-report.ts';
import { markup, type Html } from './markup.ts';
import type { Page } from './layout.ts';
import type { Backend } from './backend.ts';
import { bytesWords, percentWords, timeWords } from './words.ts';

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
  process === null ? 'the supervisor itself' : namespec(process);

/** Seconds that are drawn, whether somebody looked in all of them or not. */
const MINUTE_MS = 60_000;
const WIDTH = 300;
const HEIGHT = 60;

/** What its members had in the minute before, from nothing to the most of it. */
const samplesPart = (samples: readonly MemorySample[]): Html => {
  const known = samples.flatMap(({ before, memory }) => (memory === null ? [] : [{ before, memory }]));
  if (known.length < 2) return markup``;
  const most = Math.max(1, ...known.map(({ memory }) => memory));
  const points = known
    .map(({ before, memory }) => {
      const x = WIDTH * (1 - Math.min(before, MINUTE_MS) / MINUTE_MS);
      return `${x.toFixed(0)},${(HEIGHT - (memory / most) * HEIGHT).toFixed(1)}`;
    })
    .join(' ');
  const [first, last] = [known[0]?.memory ?? 0, known.at(-1)?.memory ?? 0];
  const top = most > Math.max(first, last) ? `, at most ${bytesWords(most)}` : '';
  const words = `Memory of its members in the minute before: ${bytesWords(first)} to ${bytesWords(last)}${top}`;
  return markup`<figure class="before"><svg viewBox="0 -2 ${WIDTH} ${HEIGHT + 4}" preserveAspectRatio="none" role="img" aria-label="${words}"><polyline points="${points}"></polyline></svg><figcaption>${words}</figcaption></figure>`;
};

/** How the machine stood when it happened. */
const machinePart = ({ memory: { available, pressure } }: Incident): Html => {
  const words = [
    ...(available === null ? [] : [`${bytesWords(available)} available`]),
    ...(pressure === null ? [] : [`somebody waited for memory ${percentWords(pressure)} % of the time`]),
  ];
  return words.length === 0 ? markup`` : markup`<p><small>The machine then: ${words.join(', ')}</small></p>`;
};

const incidentPart = (incident: Incident): Html => {
  const { at, whom, verdict, acts, members, samples } = incident;
  const victim =
    verdict.victim === null ? '' : ` (${verdict.victim.comm ?? 'unknown'}, pid ${verdict.victim.pid})`;
  return markup`<li class="incident" id="${incident.id}"><h3><time>${timeWords(at)}</time> ${whose(incident)}: ${whom}${victim} killed</h3><p>${verdict.cause}, ${verdict.oom}: ${verdict.because}</p>${samplesPart(samples)}${machinePart(incident)}${members.length > 0 && markup`<p><small>Members left: ${members.map(({ comm, pid, rss }) => `${comm} ${pid} ${bytesWords(rss)}`).join(', ')}</small></p>`}<ol class="acts">${acts.map(({ after, text }) => markup`<li><span>+${Math.round(after)} ms</span> ${text}`)}</ol>`;
};

export const oomPage = async (backend: Backend): Promise<Page> => {
  const [{ domains, memory }, { incidents }] = await Promise.all([
    backend.ask({ verb: 'oom-rank', whatIf: '', limits: '' }),
    backend.ask({ verb: 'incidents' }),
  ]);
  const available = memory.available === null ? '' : `, ${bytesWords(memory.available)} available`;
  const main = markup`<h1>Memory</h1><h2>Incidents</h2>${
    incidents.length === 0
      ? markup`<p>The OOM killer has taken nothing so far.`
      : markup`<ul class="incidents">${incidents.map(incidentPart)}</ul>`
  }<h2>Who dies next</h2><p>Memory ${bytesWords(memory.total)}, swap ${bytesWords(memory.swap)}${available}. The kernel chooses the longest bar.</p>${domains.map(domainPart)}`;
  return { title: 'Memory', main, live: 'oom' };
};
