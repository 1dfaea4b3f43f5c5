// shutdown, reload, open: what is done to the server as a whole, and which server is it?

import { RpcError } from '../../api/client-rpc.ts';
import { EXITS, FAULTS } from './faults.ts';
import { status, takesNothing } from './status-actions.ts';
import type { Session } from './session.ts';
import { FaultError, ValueError } from './python-errors.ts';

const isSure = async (session: Session, question: string): Promise<boolean> => {
  if (!session.interactive) return true;
  const answer = await session.keyboard.read(question);
  if (answer === null) throw new ValueError('EOF when reading a line', 'EOFError');
  return answer.toLowerCase().startsWith('y');
};

const GONE: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refused connection',
  ENOENT: 'no such file',
};

const sayGone = (session: Session, error: unknown): void => {
  if (!(error instanceof RpcError) || error.failure.kind !== 'connection') throw error;
  session.exit = EXITS.GENERIC;
  const words = GONE[error.failure.errno];
  if (words === undefined) throw error;
  session.out(`ERROR: ${session.target.url} ${words} (already shut down?)`);
};

export const shutdown = async (session: Session, text: string): Promise<void> => {
  if (!takesNothing(session, 'shutdown', text)) return;
  if (!(await isSure(session, 'Really shut the remote supervisord process down y/N? '))) return;
  try {
    const { fault } = await session.attempt('shutdown');
    if (fault === undefined) session.out('Shut down');
    else if (fault.code === FAULTS.SHUTDOWN_STATE) session.out('ERROR: already shutting down');
    else throw new FaultError(fault);
  } catch (error) {
    sayGone(session, error);
  }
};

export const reload = async (session: Session, text: string): Promise<void> => {
  if (!takesNothing(session, 'reload', text)) return;
  if (!(await isSure(session, 'Really restart the remote supervisord process y/N? '))) return;
  const { fault } = await session.attempt('restart');
  if (fault === undefined) {
    session.out('Restarted supervisord');
    return;
  }
  session.exit = EXITS.GENERIC;
  if (fault.code !== FAULTS.SHUTDOWN_STATE) throw new FaultError(fault);
  session.out('ERROR: already shutting down');
};

export const open = async (session: Session, text: string): Promise<void> => {
  const url = text.trim();
  if (!/^(?:unix|http):/i.test(url)) {
    session.fail('ERROR: url must be http:// or unix://');
    return;
  }
  session.target = { ...session.target, url };
  const { exit } = session;
  await status(session, '');
  session.exit = exit;
};
