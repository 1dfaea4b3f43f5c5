// What does a page do by itself once it is there? Plain text of a script for browsers: no build step, and no page needs it.

export const SCRIPT = String.raw`'use strict';
const $ = (id) => document.getElementById(id);
const live = document.body.dataset.live;
let skew = 0;

const two = (n) => String(n).padStart(2, '0');
const uptime = (s) => {
  const days = Math.trunc(s / 86400), hours = Math.trunc((s % 86400) / 3600);
  if (days > 0) return days + 'd ' + hours + 'h';
  const rest = two(Math.trunc((s % 3600) / 60)) + ':' + two(Math.trunc(s % 60));
  return hours > 0 ? hours + ':' + rest : rest.replace(/^0/, '');
};
const tick = () => {
  const now = (Date.now() + skew) / 1000;
  for (const cell of document.querySelectorAll('[data-t]')) {
    const text = uptime(Math.max(0, now - cell.dataset.t));
    if (cell.textContent !== text) cell.textContent = text;
  }
};

/* Orders that hurt are asked about here instead of on a page of their own. */
document.addEventListener('submit', (event) => {
  const { submitter, target } = event;
  const ask = submitter && JSON.parse(document.body.dataset.sure || '{}')[submitter.name];
  if (!ask || target.elements.sure) return;
  event.preventDefault();
  const dialog = $('sure');
  const signal = target.elements.with ? target.elements.with.value : '';
  dialog.querySelector('p').textContent = ask.replace('{name}', () => submitter.value).replace('{signal}', () => signal);
  dialog.returnValue = 'no';
  dialog.onclose = () => {
    if (dialog.returnValue !== 'yes') return submitter.focus();
    const sure = Object.assign(document.createElement('input'), { type: 'hidden', name: 'sure', value: '1' });
    target.append(sure);
    target.requestSubmit(submitter);
    sure.remove();
  };
  dialog.showModal();
});

/* How many are in which state; a click shows only those, another one all. */
const count = () => {
  const place = $('states');
  if (!place) return;
  const counts = new Map();
  for (const row of document.querySelectorAll('.list tr[id]')) {
    const state = row.cells[1].firstChild.textContent.trim();
    counts.set(state, (counts.get(state) || 0) + 1);
  }
  const filter = $('filter');
  const buttons = place.dataset.order.split(' ').filter((state) => counts.has(state)).map((state) => {
    const button = Object.assign(document.createElement('button'), { type: 'button', className: state, name: state, textContent: counts.get(state) + ' ' + state });
    button.setAttribute('aria-pressed', String(filter.value === state));
    button.onclick = () => { filter.value = filter.value === state ? '' : state; filterRows(); $('states').querySelector('[name=' + state + ']').focus(); };
    return button;
  });
  const focused = place.contains(document.activeElement) ? document.activeElement.name : null;
  place.replaceChildren(...buttons);
  if (focused && place.querySelector('[name=' + focused + ']')) place.querySelector('[name=' + focused + ']').focus();
};

/* Lines of the last minutes, for rows in view only: letters from a (nothing) to z (the most). */
const shapes = new Map();
const shape = (letters) => {
  const line = document.createElementNS('http://www.w3.org/2000/svg', 'polyline');
  const last = Math.max(1, letters.length - 1);
  line.setAttribute('points', [...letters].map((letter, at) => (at * 60 / last).toFixed(1) + ',' + (25 - (letter.charCodeAt(0) - 97))).join(' '));
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 -1 60 27');
  svg.setAttribute('preserveAspectRatio', 'none');
  svg.setAttribute('aria-hidden', 'true');
  svg.append(line);
  return svg;
};
const drawRow = (row) => {
  const letters = shapes.get(row.id);
  for (const [at, text] of (letters || []).entries()) {
    const cell = row.cells[4 + at];
    if (!cell.textContent) continue;
    if (cell.firstElementChild) cell.firstElementChild.remove();
    cell.prepend(shape(text));
  }
};
const inView = (row) => {
  const { top, bottom, height } = row.getBoundingClientRect();
  return height > 0 && bottom > 0 && top < innerHeight;
};
const draw = async () => {
  const rows = [...document.querySelectorAll('.list tr[id]')].filter(inView).slice(0, 120);
  if (rows.length === 0 || document.hidden) return;
  const reply = await fetch('/lines?' + new URLSearchParams(rows.map((row) => ['name', row.id])));
  if (!reply.ok) return;
  for (const [key, letters] of Object.entries(await reply.json())) shapes.set(key, letters);
  for (const row of rows) drawRow(row);
};
let drawing = 0;
const drawSoon = () => {
  clearTimeout(drawing);
  drawing = setTimeout(() => draw().catch(() => {}), 200);
};

const filterRows = () => {
  const wanted = ($('filter') ? $('filter').value : '').toLowerCase();
  for (const row of document.querySelectorAll('.list tr[id]')) row.hidden = !(row.id + ' ' + row.cells[1].textContent).toLowerCase().includes(wanted);
  count();
  drawSoon();
};
const prepare = () => {
  const filter = $('filter');
  if (!filter) return;
  filter.parentElement.hidden = false;
  filter.oninput = filterRows;
  count();
};

let refreshing = false;
const refresh = async () => {
  if (refreshing || document.querySelector('dialog[open]') || document.activeElement.matches('select, input')) return;
  refreshing = true;
  try {
    const reply = await fetch(location.href, { headers: { 'x-tsvisor-refresh': '1' } });
    if (!reply.ok) return;
    const page = new DOMParser().parseFromString(await reply.text(), 'text/html');
    const focused = document.activeElement.name && [document.activeElement.name, document.activeElement.value];
    const filtered = $('filter') ? $('filter').value : '';
    $('main').replaceChildren(...page.getElementById('main').childNodes);
    prepare();
    if ($('filter')) { $('filter').value = filtered; filterRows(); }
    filterRows();
    if (focused) for (const button of $('main').querySelectorAll('button')) if (button.name === focused[0] && button.value === focused[1]) button.focus();
  } finally {
    refreshing = false;
  }
};

const replaceRow = ([id, text]) => {
  const old = $(id);
  if (!old) return;
  const holder = document.createElement('template');
  holder.innerHTML = '<table>' + text + '</table>';
  const row = holder.content.querySelector('tr');
  const focused = old.contains(document.activeElement) ? document.activeElement.name || 'link' : null;
  if (old.cells[1].textContent !== row.cells[1].textContent) row.classList.add('new');
  drawRow(row);
  old.replaceWith(row);
  if (focused) (row.querySelector(focused === 'link' ? 'a' : 'button[name=' + focused + ']') || row.querySelector('button, a')).focus();
};

const listen = () => {
  const source = new EventSource('/events?since=' + (document.body.dataset.version || '0'));
  let life = null;
  source.addEventListener('hello', ({ data }) => {
    const hello = JSON.parse(data);
    skew = hello.now - Date.now();
    if (life !== null) location.reload();
    life = hello.life;
    $('link').textContent = '';
  });
  source.onerror = () => { $('link').textContent = 'not connected: what is shown may be old'; };
  source.addEventListener('rows', ({ data }) => {
    const rows = JSON.parse(data);
    if (live === 'rows') { rows.forEach(replaceRow); tick(); filterRows(); }
    else if (live === 'process' && rows.some(([id]) => document.title.startsWith(id + ' '))) refresh();
  });
  source.addEventListener('list', () => { if (live === 'rows') refresh(); });
  source.addEventListener('oom', () => { if (live === 'oom' || live === 'process') refresh(); });
  addEventListener('pagehide', () => source.close());
};

/* The stream begins with the last bytes of what the page shows already. */
const withoutOverlap = (shown, piece) => {
  for (let length = Math.min(shown.length, piece.length); length > 0; length -= 1)
    if (shown.endsWith(piece.slice(0, length))) return piece.slice(length);
  return piece;
};
const MOST = 400000;
const follow = async (pre) => {
  const pause = $('pause'), wrap = $('wrap');
  let held = null;
  const append = (text) => {
    const end = pre.scrollTop + pre.clientHeight >= pre.scrollHeight - 30;
    pre.append(text);
    if (pre.textContent.length > MOST) pre.textContent = pre.textContent.slice(-MOST / 2);
    if (end) pre.scrollTop = pre.scrollHeight;
  };
  pause.hidden = false;
  wrap.parentElement.hidden = false;
  wrap.onchange = () => pre.classList.toggle('wrap', wrap.checked);
  pause.onclick = () => {
    if (held === null) held = '';
    else { append(held); held = null; }
    pause.textContent = held === null ? 'Pause' : 'Go on';
  };
  pre.scrollTop = pre.scrollHeight;
  const reply = await fetch(pre.dataset.follow);
  if (!reply.ok) return;
  const reader = reply.body.pipeThrough(new TextDecoderStream()).getReader();
  for (let first = true; ; first = false) {
    const { done, value } = await reader.read();
    if (done) { $('link').textContent = 'the log is not followed any more'; return; }
    const text = first ? withoutOverlap(pre.textContent, value.replace(/^�+/, '')) : value;
    if (held === null) append(text);
    else held = (held + text).slice(-MOST);
  }
};

prepare();
if (live === 'rows') {
  setInterval(tick, 1000);
  setInterval(drawSoon, 5000);
  addEventListener('scroll', drawSoon, { passive: true });
  addEventListener('resize', drawSoon);
  document.addEventListener('visibilitychange', drawSoon);
  drawSoon();
}
if (live === 'oom' || live === 'process') setInterval(() => { if (!document.hidden) refresh(); }, live === 'oom' ? 10000 : 5000);
if (live === 'log' && $('tail')) follow($('tail')).catch(() => { $('link').textContent = 'the log is not followed any more'; });
if (live !== 'none' && live !== 'log') listen();
`;
