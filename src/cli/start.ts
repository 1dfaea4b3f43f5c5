// `tsvisor start`: the supervisor, or named processes.

import type { StatusReply } from '../model/command.ts';
import { TsvisorError } from '../model/errors.ts';
import type { Invocation, Run } from './commands.ts';
import { warn } from './text/complain.ts';
import type { Terminal } from './text/terminal.ts';

const startNamed = async (invocation: Invocation): Promise<number> => {
  const { words, terminal } = invocation;
  const [{ reach }, { tellOutcomes }, { act }] = await Promise.all([
    import('./reach.ts'),
    import('./text/outcomes.ts'),
    import('./text/progress.ts'),
  ]);
  const client = await reach(invocation);
  return tellOutcomes(await act(client, { names: words, verb: 'start' }, invocation), {
    client,
    terminal,
    exits: { BAD_GROUP: 2 },
  });
};

const announce = (terminal: Terminal, { supervisor, processes }: StatusReply): void => {
  const count = `${processes.length} process${processes.length === 1 ? '' : 'es'}`;
  terminal.out(`tsvisor is up (pid ${supervisor.pid}, ${count}, socket ${supervisor.socket})`);
  for (const notice of supervisor.notices) terminal.out(`note: ${notice}`);
};

const startSupervisor = async ({ options, terminal }: Invocation): Promise<number> => {
  const [{ configFile }, { loadPlace }, { reach }, { statusOf }, { runningAlready }] = await Promise.all([
    import('./locate.ts'),
    import('./place.ts'),
    import('./reach.ts'),
    import('./life/ending.ts'),
    import('./life/holder.ts'),
  ]);
  refuseNoWait(options);
  const place = await loadPlace(configFile(options.config));
  warn(terminal, place.warnings);
  const holder = await statusOf(await reach({ options: { socket: place.socket }, terminal }));
  if (holder !== null) throw runningAlready(holder);
  if (options.foreground === true || place.plan.supervisor.nodaemon)
    return (await import('./life/foreground.ts')).runInForeground(place);
  announce(terminal, await (await import('./life/boot.ts')).boot(place));
  return 0;
};

const refuseNoWait = ({ wait }: Invocation['options']): void => {
  if (wait !== false) return;
  throw new TsvisorError('BAD_OPTION', {
    option: '--no-wait',
    reason: 'the start of the supervisor is always waited for; it is for named processes',
  });
};

export const run: Run = (invocation) =>
  invocation.words.length > 0 ? startNamed(invocation) : startSupervisor(invocation);
