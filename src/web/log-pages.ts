// What was written last, of a process or of the supervisor itself? The script goes on with what is written from now on.

import type { Command } from '../model/command.ts';
import { TsvisorError } from '../model/errors.ts';
import { markup, type Html } from './markup.ts';
import type { Page } from './layout.ts';
import type { LogChoice, Backend } from './backend.ts';

/** Bytes of a log in the page itself. */
const SHOWN = 32_768;

/** A browser takes the first one of a <pre> away. */
const NEWLINE = '\n';

const ask = ({ name, stream }: LogChoice): Command & { readonly verb: 'read-log' } => ({
  verb: 'read-log',
  name,
  stream,
  offset: -SHOWN,
  length: 0,
});

/** The text, or why there is none. */
const readText = async (backend: Backend, choice: LogChoice): Promise<string | TsvisorError> => {
  try {
    const { bytes } = await backend.ask(ask(choice));
    // A reading that begins in the middle of a line begins with the next.
    const text = new TextDecoder().decode(bytes);
    return bytes.length < SHOWN ? text : text.slice(text.indexOf('\n') + 1);
  } catch (error) {
    if (error instanceof TsvisorError && error.code === 'NO_FILE') return error;
    throw error;
  }
};

const followPath = ({ name, stream }: LogChoice): string =>
  name === null ? '/mainlogtail' : `/logtail/${encodeURIComponent(name)}/${stream}`;

const body = (text: string | TsvisorError, choice: LogChoice): Html =>
  text instanceof TsvisorError
    ? markup`<p>There is no such log (yet).`
    : markup`<p><button type="button" id="pause" hidden>Pause</button> <label hidden><input type="checkbox" id="wrap"> Wrap lines</label></p><pre id="tail" tabindex="0" role="log" aria-label="Log" data-follow="${followPath(choice)}">${NEWLINE}${text}</pre>`;

export const tailPage = async (
  backend: Backend,
  choice: LogChoice & { readonly name: string },
): Promise<Page> => {
  const { name, stream } = choice;
  const other = stream === 'stdout' ? 'stderr' : 'stdout';
  const query = encodeURIComponent(name);
  const text = await readText(backend, choice);
  const main = markup`<h1>${stream} of <a href="/process?name=${query}">${name}</a></h1><p><a href="/tail?name=${query}&amp;stream=${other}">${other}</a></p>${body(text, choice)}`;
  return { title: `${stream} of ${name}`, main, live: 'log' };
};

export const mainLogPage = async (backend: Backend): Promise<Page> => {
  const choice: LogChoice = { name: null, stream: 'stdout' };
  const text = await readText(backend, choice);
  return {
    title: 'Main log',
    main: markup`<h1>Main log</h1>${body(text, choice)}`,
    live: 'log',
  };
};
