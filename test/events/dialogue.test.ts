// Does a listener's stdout mean what supervisord takes it to mean, however it is cut?

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Dialogue, type ListenerState } from '../../src/events/dialogue.ts';

interface Talk {
  readonly dialogue: Dialogue;
  readonly heard: string[];
  say(...pieces: readonly string[]): ListenerState;
}

const talk = (onReady: (dialogue: Dialogue) => void = () => undefined): Talk => {
  const heard: string[] = [];
  const dialogue: Dialogue = new Dialogue({
    ready: () => {
      heard.push('ready');
      onReady(dialogue);
    },
    result: (payload) => heard.push(`result ${payload.toString()}`),
    badResult: (line) => heard.push(`bad ${line.toString()}`),
    changed: () => undefined,
  });
  return {
    dialogue,
    heard,
    say: (...pieces) => {
      for (const piece of pieces) dialogue.hear(Buffer.from(piece));
      return dialogue.state;
    },
  };
};

/** A listener that is sent an event whenever it is ready. */
const busy = (): Talk => {
  const one = talk((dialogue) => dialogue.sent());
  one.say('READY\n');
  one.heard.length = 0;
  return one;
};

describe('a listener that has just been started', () => {
  test.each([
    ['', 'ACKNOWLEDGED'],
    ['READY', 'ACKNOWLEDGED'],
    ['READY\n', 'READY'],
    ['hello\n', 'UNKNOWN'],
    ['READY\nmore', 'UNKNOWN'],
    ['RESULT 2\nOK', 'UNKNOWN'],
  ])('that says %j is %s', (said, state) => {
    expect(talk().say(said)).toBe(state);
  });

  test('is READY once, also when the word comes byte by byte', () => {
    const one = talk();
    expect(one.say('R', 'E', 'A', 'D', 'Y', '\n')).toBe('READY');
    expect(one.heard).toEqual(['ready']);
  });

  test('is not sent an event when it babbles on after READY', () => {
    const one = talk((dialogue) => dialogue.sent());
    expect(one.say('READY\nRESULT 2\nOK')).toBe('UNKNOWN');
    expect(one.heard).toEqual([]);
  });
});

describe('a listener that waits for events', () => {
  test('and says anything is UNKNOWN', () => {
    const one = talk();
    one.say('READY\n');
    expect(one.say('x')).toBe('UNKNOWN');
  });
});

describe('a listener that is busy', () => {
  test.each([
    ['RESULT 2\nOK', ['result OK'], 'ACKNOWLEDGED'],
    ['RESULT 2\nOKREADY\n', ['result OK', 'ready'], 'BUSY'],
    ['RESULT 4\nFAILREADY\n', ['result FAIL', 'ready'], 'BUSY'],
    ['RESULT 0\n', ['result '], 'ACKNOWLEDGED'],
    ['RESULT 0\nREADY\n', ['result ', 'ready'], 'BUSY'],
    ['ANYTHIN2\nOK', ['result OK'], 'ACKNOWLEDGED'],
    ['RESULT  2 \nOK', ['result OK'], 'ACKNOWLEDGED'],
    ['RESULT 2\nO', [], 'BUSY'],
    ['RESULT 2', [], 'BUSY'],
    ['RESULT two\nOK', ['bad RESULT two'], 'UNKNOWN'],
    ['RESULT -1\nOK', ['bad RESULT -1'], 'UNKNOWN'],
    ['READY\n', ['bad READY'], 'UNKNOWN'],
    ['\n', ['bad '], 'UNKNOWN'],
  ])('that says %j: %j, then %s', (said, heard, state) => {
    const one = busy();
    expect(one.say(said)).toBe(state);
    expect(one.heard).toEqual(heard);
  });

  test('is not kept in memory: a line without an end is bad, a huge result is cut', () => {
    const endless = busy();
    expect(endless.say('x'.repeat(40_000), 'x'.repeat(40_000))).toBe('UNKNOWN');
    const huge = busy();
    expect(huge.say('RESULT 3000000\n', 'y'.repeat(3_000_000))).toBe('ACKNOWLEDGED');
    expect(huge.heard).toEqual([`result ${'y'.repeat(1024)}`]);
  });

  test('is heard the same however its words are cut', () => {
    const words = fc.array(fc.constantFrom('RESULT 2\nOK', 'RESULT 4\nFAIL', 'RESULT 0\n', 'READY\n', 'x\n'));
    fc.assert(
      fc.property(words, fc.array(fc.nat(40)), (said, cuts) => {
        const text = said.join('');
        const whole = busy();
        whole.say(text);
        const cut = busy();
        let at = 0;
        for (const length of cuts) {
          cut.say(text.slice(at, at + length));
          at += length;
        }
        cut.say(text.slice(at));
        // What follows READY in one piece is a breach; a piece later it may be the answer to an event.
        if (!/READY\n./.test(text)) {
          expect(cut.heard).toEqual(whole.heard);
          expect(cut.dialogue.state).toBe(whole.dialogue.state);
        }
      }),
    );
  });
});

test('an UNKNOWN listener is not listened to until its next life', () => {
  const one = talk();
  one.say('nonsense');
  expect(one.say('READY\n')).toBe('UNKNOWN');
  one.dialogue.reset();
  expect(one.say('READY\n')).toBe('READY');
});
