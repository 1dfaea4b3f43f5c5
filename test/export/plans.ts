// Which plans are exported in tests? From the text of a config, as an operator has it.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadPlan } from '../../src/config/load.ts';
import { assumedUsers } from '../../src/config/users.ts';
import type { Plan } from '../../src/model/plan.ts';

/** The plan of a YAML text, in a file called `app.yaml`; users are taken as there. */
export const planOf = async (yaml: string): Promise<Plan> => {
  const folder = mkdtempSync(join(tmpdir(), 'tsvisor-export-'));
  try {
    const file = join(folder, 'app.yaml');
    writeFileSync(file, yaml);
    const resolved = await loadPlan(file, { users: assumedUsers(), assumeExists: true });
    if (resolved.plan === null) throw new Error(JSON.stringify(resolved.problems));
    return resolved.plan;
  } finally {
    rmSync(folder, { recursive: true });
  }
};

/** Something of everything. */
export const RICH = `
supervisor:
  environment: {REGION: eu}
groups:
  db:
    programs: [pg, redis]
    group_memory_max: 1GB
programs:
  web:
    command: /bin/sh -c 'exec serve --tag 50%%' "$(date)" "\${HOME}"
    directory: /srv/web
    user: www
    umask: 022
    numprocs: 2
    process_name: web-%(process_num)s
    environment: {DB_PASSWORD: geheim-1, DATABASE_URL: "postgres://me:geheim-2@db/x", MODE: "yes", DEBUG: "0644"}
    autorestart: true
    memory_max: 512MB
    memory_high: 400MB
    oom_score_adj: +300
    on_oom: continue
    stopsignal: QUIT
    stopwaitsecs: 45
    stopasgroup: true
    startsecs: 5
    stdout_logfile: /var/log/web.log
    depends_on: [migrate]
    health: {http: "http://127.0.0.1:8080/health?full=1", interval: 5s, retries: 4, grace: 20s, on_unhealthy: restart}
  migrate:
    command: /bin/true
    type: oneshot
  pg:
    command: /bin/sleep 1000
    priority: 10
    oom_score_adj: -500
    exitcodes: [2, 3]
  redis:
    command: /bin/sleep 1000
    autostart: false
    stdout_logfile: NONE
    stderr_logfile: NONE
  nightly:
    command: /bin/true
    schedule: {cron: "30 3 * * 1-5", timezone: Europe/Berlin}
  once:
    command: /bin/true
    autorestart: false
  talker:
    command: /bin/sleep 1000
    notify: true
    watchdog: 30s
    sockets: {http: "tcp://0.0.0.0:8080"}
fcgi_programs:
  php:
    command: /bin/sleep 1000
    socket: unix:///run/php.sock
`;
