// What does a program say by one message of sd_notify(3)?

export interface NotifyMessage {
  /** Null: nothing of that was said. */
  readonly stage: 'ready' | 'reloading' | 'stopping' | null;
  /** STATUS: one line, bounded; empty when the program takes its text back. Null: not said. */
  readonly text: string | null;
  readonly watchdog: 'alive' | 'trigger' | null;
  /** Milliseconds for which it asks. */
  readonly extend: number | null;
  /** What it asks for and does not get, each with the reason. */
  readonly refused: readonly string[];
}

/** Characters of a text that are kept. */
const TEXT_MAX = 200;

const STAGES: readonly (readonly [string, Exclude<NotifyMessage['stage'], null>])[] = [
  ['STOPPING', 'stopping'],
  ['RELOADING', 'reloading'],
  ['READY', 'ready'],
];

const REFUSALS: Readonly<Record<string, string>> = {
  MAINPID:
    'MAINPID is passed over: the leader is the process that was launched; run the program in the foreground',
  FDSTORE: 'FDSTORE is refused: descriptors are not kept; list its sockets under `sockets` instead',
};

const plainText = (text: string): string => text.replaceAll(/\p{C}/gu, '?').trim().slice(0, TEXT_MAX);

const millisecondsOf = (text: string | undefined): number | null =>
  text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) / 1000 : null;

/** Lines `NAME=value`; the last of one name counts, as in systemd, and what is not known is passed over. */
export const readNotifyMessage = (lines: readonly string[]): NotifyMessage => {
  const said = new Map<string, string>();
  for (const line of lines) {
    const equals = line.indexOf('=');
    if (equals > 0) said.set(line.slice(0, equals), line.slice(equals + 1));
  }
  const text = said.get('STATUS');
  const watchdog = said.get('WATCHDOG');
  return {
    stage: STAGES.find(([name]) => said.get(name) === '1')?.[1] ?? null,
    text: text === undefined ? null : plainText(text),
    watchdog: watchdog === '1' ? 'alive' : watchdog === 'trigger' ? 'trigger' : null,
    extend: millisecondsOf(said.get('EXTEND_TIMEOUT_USEC')),
    refused: Object.entries(REFUSALS).flatMap(([name, why]) => (said.has(name) ? [why] : [])),
  };
};
