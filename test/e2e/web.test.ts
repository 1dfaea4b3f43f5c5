// Can an operator work with the page in a real browser: start, stop, follow a log, see an OOM kill, with and without the script?

import { spawnSync } from 'node:child_process';
import { createServer, request } from 'node:http';
import { execa } from 'execa';
import { describe, expect, onTestFinished, test } from 'vitest';
import { canLimitMemory } from './abilities.ts';
import { freePort } from '../free-port.ts';
import { hasChromium, keepPicture, openViewer } from './browser.ts';
import { openSandbox, type Sandbox } from './sandbox.ts';
import { until } from '../until.ts';

const SUPERVISORCTL = 'supervisorctl';
const hasSupervisorctl = spawnSync(SUPERVISORCTL, ['--help']).status === 0;

interface House {
  readonly sandbox: Sandbox;
  readonly url: string;
}

const TALKER = (sandbox: Sandbox): string =>
  `[program:talker]\ncommand=/bin/sh -c 'n=0; while :; do n=$((n+1)); echo "line $n <b>&"; sleep 0.2; done'\nstdout_logfile=${sandbox.folder}/talker.log\nstartsecs=0\nstopasgroup=true\n`;

const open = async (...sections: readonly ((sandbox: Sandbox) => string)[]): Promise<House> => {
  const sandbox = openSandbox();
  const port = await freePort();
  const server = `[inet_http_server]\nport=127.0.0.1:${port}\n`;
  sandbox.write(server, ...sections.map((section) => section(sandbox)));
  await sandbox.start();
  return { sandbox, url: `http://127.0.0.1:${port}` };
};

const stays = (sandbox: Sandbox): string => sandbox.program('web', 'stays.sh', { autostart: 'true' });

test('a server that is read_only shows everything, and takes no order by any way', async () => {
  const sandbox = openSandbox();
  const port = await freePort();
  sandbox.write(`[inet_http_server]\nport=127.0.0.1:${port}\nread_only=true\n`, stays(sandbox));
  await sandbox.start();
  await sandbox.reach('RUNNING');
  const url = `http://127.0.0.1:${port}`;
  const page = await (await fetch(url)).text();
  expect(page).toContain('RUNNING');
  expect(page).toContain('read-only');
  expect(page).not.toContain('<button name=');
  expect((await fetch(`${url}/metrics`)).status).toBe(200);
  for (const path of ['/act', '/RPC2', '/api/v1/stop', '/api/v1/shutdown'])
    expect((await fetch(url + path, { method: 'POST', body: '{"names":["all"]}' })).status).toBe(403);
  expect((await sandbox.process('web')).state).toBe('RUNNING');
});

/** As nginx with `proxy_set_header Host`: passes everything on under a name of its own. */
const openProxy = async (to: number, host: string): Promise<number> => {
  const server = createServer((incoming, outgoing) => {
    const { method = 'GET', url = '/', headers } = incoming;
    const sent = request({ host: '127.0.0.1', port: to, method, path: url, headers: { ...headers, host } });
    sent.on('response', (reply) => {
      outgoing.writeHead(reply.statusCode ?? 502, reply.headers);
      reply.pipe(outgoing);
    });
    sent.on('error', () => outgoing.destroy());
    incoming.pipe(sent);
  });
  const port = await freePort();
  await new Promise<void>((resolve) => void server.listen(port, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return port;
};

/** With a password, supervisorctl and a Python client stop and start a process through a proxy; without one the proxy's name is refused. */
test.skipIf(!hasSupervisorctl)('a proxy may call a server with a password what it likes', async () => {
  const sandbox = openSandbox();
  const [guarded, bare] = [await freePort(), await freePort()];
  sandbox.write(
    `[inet_http_server]\nport=127.0.0.1:${guarded}\nusername=ops\npassword=secret\n`,
    `[inet_http_server:bare]\nport=127.0.0.1:${bare}\n`,
    '[rpcinterface:supervisor]\nsupervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface\n',
    stays(sandbox),
  );
  await sandbox.start();
  await sandbox.reach('RUNNING');
  const port = await openProxy(guarded, 'ops.example');
  const ctl = (...words: readonly string[]) =>
    execa(SUPERVISORCTL, ['-s', `http://127.0.0.1:${port}`, '-u', 'ops', '-p', 'secret', ...words], {
      timeout: 30_000,
    });
  expect((await ctl('stop', 'web')).stdout).toContain('web: stopped');
  await sandbox.reach('STOPPED', 'web');
  const script = `import xmlrpc.client as x; print(x.ServerProxy("http://ops:secret@127.0.0.1:${port}/RPC2").supervisor.startProcess("web"))`;
  expect((await execa('python3', ['-c', script], { timeout: 30_000 })).stdout).toBe('True');
  const stranger = await openProxy(bare, 'ops.example');
  expect((await fetch(`http://127.0.0.1:${stranger}/`)).status).toBe(403);
  expect((await fetch(`http://127.0.0.1:${bare}/`)).status).toBe(200);
});

describe.skipIf(!hasChromium)('the page in Chromium', () => {
  test('stops and starts a process by click, asks before, and shows the states by itself', async () => {
    const { sandbox, url } = await open(stays);
    await sandbox.reach('RUNNING');
    const viewer = await openViewer();
    const page = await viewer.open(url);
    const row = page.locator('tr[id="web"]');
    await row.locator('td', { hasText: 'RUNNING' }).waitFor();

    await row.getByRole('button', { name: 'stop' }).click();
    await page.getByRole('dialog').getByText('Stop web and all its members?').waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
    expect((await sandbox.process('web')).state).toBe('RUNNING');

    await row.getByRole('button', { name: 'stop' }).click();
    await page.getByRole('button', { name: 'Yes' }).click();
    await row.locator('td', { hasText: 'STOPPED' }).waitFor();
    expect(await page.locator('#said').textContent()).toContain('Stop web');
    await until('the order in the log', () => /ordered: stop web .*on 127\.0\.0\.1/.test(sandbox.journal()));
    expect((await sandbox.process('web')).state).toBe('STOPPED');

    await row.getByRole('button', { name: 'start' }).click();
    await row.locator('td', { hasText: 'RUNNING' }).waitFor();
    await sandbox.reach('RUNNING', 'web');

    await sandbox.tsvisor(['stop', 'web']);
    await row.locator('td', { hasText: 'STOPPED' }).waitFor();
    expect(viewer.complaints).toEqual([]);
  });

  test('works without its script: the question is a page of its own', async () => {
    const { sandbox, url } = await open(stays);
    await sandbox.reach('RUNNING');
    const viewer = await openViewer();
    const page = await viewer.open(url, { script: false });
    await page.locator('tr[id="web"]').getByRole('button', { name: 'stop' }).click();
    await page.getByRole('heading', { name: 'Stop web and all its members?' }).waitFor();
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.locator('#said', { hasText: 'Stop web' }).waitFor();
    await sandbox.reach('STOPPED', 'web');
    await page.reload();
    expect(await page.locator('#said').textContent()).toBe('');
  });

  test('follows a log while it is written, markup in it stays text', async () => {
    const { sandbox, url } = await open(TALKER);
    await sandbox.reach('RUNNING');
    const viewer = await openViewer();
    const page = await viewer.open(url);
    await page.getByRole('link', { name: 'talker' }).click();
    await page.getByRole('link', { name: 'Log of stdout' }).click();
    const tail = page.locator('#tail');
    await tail.getByText('line 3 <b>&').waitFor();
    const before = (await tail.textContent()) ?? '';
    await until('more lines', async () => ((await tail.textContent()) ?? '').length > before.length + 40);
    const lines = ((await tail.textContent()) ?? '').trimEnd().split('\n');
    expect(lines).toEqual(lines.map((_, index) => `line ${index + 1} <b>&`));
    await keepPicture(page, 'tail-1280-light');
    expect(viewer.complaints).toEqual([]);
  });

  test.skipIf(!canLimitMemory)('shows an OOM kill as it happens', async () => {
    const { sandbox, url } = await open((one) =>
      one.program('eater', 'eats-memory.sh', { memory_max: '48MB', oom_score_adj: 300, stopwaitsecs: 1 }),
    );
    await sandbox.reach('RUNNING');
    const viewer = await openViewer();
    const page = await viewer.open(`${url}/oom`);
    await page.getByText('has taken nothing so far').waitFor();
    sandbox.touch('eat');
    const incident = page.locator('.incident', { hasText: 'eater' });
    await incident.getByText('own-limit, certain').waitFor();
    await incident.locator('.acts li').first().waitFor();
    await keepPicture(page, 'oom-1280-light');
    const phone = await viewer.open(`${url}/oom`, { width: 390, dark: true });
    await keepPicture(phone, 'oom-390-dark');
    expect(viewer.complaints).toEqual([]);
  });

  test('fits 1280 and 390 pixels, light and dark, and can be used by keyboard alone', async () => {
    const group = '[group:shop]\nprograms=web,gone\n';
    const gone = '[program:gone]\ncommand=/nonexistent/program\nstartretries=0\n';
    const { sandbox, url } = await open(
      stays,
      TALKER,
      () => gone,
      () => group,
    );
    await sandbox.reach('RUNNING', 'shop:web', 'talker');
    await sandbox.reach('FATAL', 'shop:gone');
    const viewer = await openViewer();
    const long = await viewer.open(url);
    for (const width of [1280, 390])
      for (const dark of [false, true]) {
        const page = await viewer.open(url, { width, dark });
        await keepPicture(page, `processes-${width}-${dark ? 'dark' : 'light'}`);
        const overflow = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
        expect(overflow).toBeLessThanOrEqual(0);
      }
    const page = await viewer.open(url);
    const stop = page.locator('tr[id="shop:web"]').getByRole('button', { name: 'stop' });
    await stop.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    expect(await page.locator(':focus').getAttribute('value')).toBe('shop:web');
    await long.locator('tr[id="talker"] svg').first().waitFor();
    await keepPicture(long, 'processes-1280-lines');
    await long.getByRole('button', { name: '1 FATAL' }).click();
    await long.locator('tr[id="talker"]').waitFor({ state: 'hidden' });
    expect(await long.locator('tr[id="shop:gone"]').isVisible()).toBe(true);
    await viewer
      .open(`${url}/process?name=shop:web`)
      .then((detail) => keepPicture(detail, 'process-1280-light'));
    expect(viewer.complaints).toEqual([]);
  });
});
