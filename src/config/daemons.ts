// Which commands leave their leader behind and live on as a daemon? A supervised program has to stay in the foreground.

const baseName = (word: string): string => word.slice(word.lastIndexOf('/') + 1);

interface Habit {
  readonly name: RegExp;
  /** True for arguments with which it becomes a daemon. */
  readonly daemon: (line: string) => boolean;
  readonly cure: string;
}

const has =
  (pattern: RegExp) =>
  (line: string): boolean =>
    pattern.test(line);
const lacks =
  (pattern: RegExp) =>
  (line: string): boolean =>
    !pattern.test(line);
const always = (): boolean => true;

const HABITS: readonly Habit[] = [
  { name: /^nginx$/, daemon: lacks(/daemon\s+off|-[tTvVhs]\b/), cure: `nginx -g 'daemon off;'` },
  { name: /^(apache2|httpd)$/, daemon: lacks(/-D\s*(FOREGROUND|NO_DETACH)|-X\b/), cure: 'add -DFOREGROUND' },
  { name: /^apache(2?ctl|ctl)$/, daemon: lacks(/-D\s*FOREGROUND/), cure: 'add -DFOREGROUND' },
  { name: /^sshd$/, daemon: lacks(/(^|\s)-\w*[Ddti]/), cure: 'add -D' },
  { name: /^crond?$/, daemon: lacks(/(^|\s)-\w*[fn]/), cure: 'add -f (cron) or -n (crond)' },
  { name: /^rsyslogd$/, daemon: lacks(/(^|\s)-\w*n/), cure: 'add -n' },
  { name: /^supervisord$/, daemon: lacks(/(^|\s)(-\w*n|--nodaemon)/), cure: 'add -n' },
  { name: /^php-fpm[\d.]*$/, daemon: has(/(^|\s)(-D|--daemonize)\b/), cure: 'use -F' },
  { name: /^redis-server$/, daemon: has(/--daemonize\s+yes/), cure: 'leave --daemonize yes out' },
  { name: /^mysqld$/, daemon: has(/--daemonize/), cure: 'leave --daemonize out' },
  { name: /^mongod$/, daemon: has(/--fork\b/), cure: 'leave --fork out' },
  { name: /^memcached$/, daemon: has(/(^|\s)(-d|--daemon)\b/), cure: 'leave -d out' },
  { name: /^gunicorn\d*$/, daemon: has(/(^|\s)(-D|--daemon)\b/), cure: 'leave --daemon out' },
  { name: /^uwsgi$/, daemon: has(/(^|\s)(-d|--daemonize)\b/), cure: 'leave --daemonize out' },
  { name: /^celery$/, daemon: has(/\bmulti\b|--detach\b/), cure: 'run `celery worker` without --detach' },
  { name: /^haproxy$/, daemon: has(/(^|\s)-D\b/), cure: 'leave -D out' },
  { name: /^pm2$/, daemon: has(/\bstart\b(?!.*--no-daemon)/), cure: 'use pm2-runtime' },
  {
    name: /^(service|systemctl)$/,
    daemon: has(/\b(re)?start\b/),
    cure: 'run the program itself in the foreground',
  },
  { name: /^start-stop-daemon$/, daemon: has(/--background|(^|\s)-b\b/), cure: 'leave --background out' },
  { name: /^(nohup|daemonize|setsid)$/, daemon: always, cure: 'leave it out: tsvisor does its work' },
];

/** How to keep a command in the foreground, or null when it seems to stay there. */
export const foregroundCure = (words: readonly string[]): string | null => {
  const [first = '', ...rest] = words;
  const line = rest.join(' ');
  if (rest.at(-1) === '&') return 'leave the & out';
  if (/^\/etc\/(init\.d|rc\.d)\//.test(first) && /\bstart\b/.test(line))
    return 'run the program itself in the foreground';
  return HABITS.find((habit) => habit.name.test(baseName(first)) && habit.daemon(line))?.cure ?? null;
};

const SHELLS = /^(ba|da|z|k|mk|a|)sh$/;
const SHELL_WORD = /^(\|\|?|&&|;|\d?>>?|<|&>|\d?>&\d)$|^\$\(|^`|^\d?>{1,2}[^&]|(^|[^\\])\$[A-Za-z_{]/;

/** The first word that only a shell would understand, in a command that is not run by one. */
export const shellWord = (words: readonly string[]): string | null => {
  const [first = '', ...rest] = words;
  return SHELLS.test(baseName(first)) ? null : (rest.find((word) => SHELL_WORD.test(word)) ?? null);
};
