// Is a message of sd_notify read as systemd would read it, and nothing more believed?

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readNotifyMessage } from '../../src/core/notify-message.ts';

const QUIET = { stage: null, text: null, watchdog: null, extend: null, refused: [] };

test.each([
  [['READY=1'], { stage: 'ready' }],
  [['READY=0'], {}],
  [['RELOADING=1', 'MONOTONIC_USEC=5'], { stage: 'reloading' }],
  [['STOPPING=1', 'STATUS=bye'], { stage: 'stopping', text: 'bye' }],
  [['STATUS='], { text: '' }],
  [['STATUS=a', 'STATUS=b=c'], { text: 'b=c' }],
  [['WATCHDOG=1'], { watchdog: 'alive' }],
  [['WATCHDOG=trigger'], { watchdog: 'trigger' }],
  [['WATCHDOG=2'], {}],
  [['EXTEND_TIMEOUT_USEC=1500000'], { extend: 1500 }],
  [['EXTEND_TIMEOUT_USEC=-1'], {}],
  [['X_OWN=1', 'nonsense', '=', ''], {}],
])('%j says %j', (lines, said) => {
  expect(readNotifyMessage(lines)).toEqual({ ...QUIET, ...said });
});

test('what it does not get is answered with the reason', () => {
  const [mainpid, fdstore] = readNotifyMessage(['MAINPID=12', 'FDSTORE=1', 'READY=1']).refused;
  expect(mainpid).toContain('run the program in the foreground');
  expect(fdstore).toContain('`sockets`');
});

test('a text is one bounded line, whatever was sent', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 500 }), (text) => {
      const read = readNotifyMessage([`STATUS=${text}`]).text ?? '';
      expect(read.length).toBeLessThanOrEqual(200);
      expect(read).not.toMatch(/\p{Cc}/u);
    }),
  );
});
