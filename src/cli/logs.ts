// `tsvisor logs`: what processes wrote, with the name before each line where there is more than one log.

import { StringDecoder } from 'node:string_decoder';
import { setTimeout as pause } from 'node:timers/promises';
import { errorText, TsvisorError } from '../model/errors.ts';
import type { Run } from './commands.ts';
import { complain } from './text/complain.ts';
import { LogFile } from './log-file.ts';
import { findLogs, type LogPlace } from './log-places.ts';
import { numberOption } from './number-option.ts';
import { painter, type Paint, type Style, type Terminal } from './text/terminal.ts';

const USUAL_LINES = '10';
const LOOK_EVERY_MS = 100;

const STYLES: readonly Style[] = ['green', 'yellow', 'cyan', 'magenta', 'blue'];

interface Source {
  readonly file: LogFile;
  /** Null: the only log, shown as it is. */
  readonly prefix: string | null;
  /** A line whose end is not written yet. */
  begun: string;
  readonly decoder: StringDecoder;
}

const reading = (path: string, act: () => Buffer): Buffer => {
  try {
    return act();
  } catch (error) {
    const reason = errorText(error);
    const cure = 'run as the user that writes it, or as root';
    throw new TsvisorError('NO_LOG', { name: path, reason, cure });
  }
};

const show = (source: Source, bytes: Buffer, terminal: Terminal): void => {
  if (bytes.length === 0) return;
  if (source.prefix === null) {
    terminal.write(bytes);
    return;
  }
  const lines = (source.begun + source.decoder.write(bytes)).split('\n');
  source.begun = lines.pop() ?? '';
  for (const line of lines) terminal.out(source.prefix + line);
};

/** At the end: a last line without a line break too. */
const showRest = (source: Source, terminal: Terminal): void => {
  if (source.prefix !== null && source.begun !== '') terminal.out(source.prefix + source.begun);
  source.begun = '';
};

const sourcesOf = (places: readonly LogPlace[], paint: Paint): readonly Source[] => {
  const width = Math.max(...places.map(({ label }) => label.length));
  return places.map(({ label, path }, index) => ({
    file: new LogFile(path),
    prefix:
      places.length === 1
        ? null
        : `${paint(STYLES[index % STYLES.length] ?? 'green', label.padEnd(width))} | `,
    begun: '',
    decoder: new StringDecoder(),
  }));
};

/** Reads every source until it is dry, in turns, so that what one says much of delays no other. */
const showNews = (sources: readonly Source[], terminal: Terminal): void => {
  let wet = sources;
  while (wet.length > 0 && !terminal.gone())
    wet = wet.filter((source) => {
      const bytes = reading(source.file.path, () => source.file.next());
      show(source, bytes, terminal);
      return bytes.length > 0;
    });
};

const follow = async (sources: readonly Source[], terminal: Terminal): Promise<void> => {
  while (!terminal.gone()) {
    showNews(sources, terminal);
    await pause(LOOK_EVERY_MS);
  }
};

/** A log named twice is shown once. */
const distinct = (places: readonly LogPlace[]): readonly LogPlace[] =>
  [...new Map(places.toReversed().map((place) => [place.path, place])).values()].toReversed();

export const run: Run = async (invocation) => {
  const { options, terminal } = invocation;
  const lines = numberOption('--lines', options.lines ?? USUAL_LINES);
  const { places, unknown } = await findLogs(invocation);
  for (const { error, hint } of unknown) complain(terminal, error.message, hint);
  if (places.length === 0) return 1;
  const sources = sourcesOf(distinct(places), painter(terminal.color));
  for (const source of sources) {
    show(
      source,
      reading(source.file.path, () => source.file.tail(lines)),
      terminal,
    );
    if (options.follow !== true) showRest(source, terminal);
  }
  if (options.follow === true) await follow(sources, terminal);
  for (const { file } of sources) file.close();
  return unknown.length > 0 ? 1 : 0;
};
