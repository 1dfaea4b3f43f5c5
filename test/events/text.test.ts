// Are bytes of programs told as supervisord tells them?

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { OutputDecoder } from '../../src/events/output-decoder.ts';
import { envelope } from '../../src/events/envelope.ts';
import { textOf, unfinished } from '../../src/events/text.ts';

describe('text of bytes', () => {
  test.each([
    [[0x61, 0x0a], 'a\n'],
    [[0xc3, 0xa9], 'é'],
    [[0xef, 0xbb, 0xbf, 0x61], '\u{FEFF}a'],
    [[0xff, 0x0a, 0x0d, 0x09, 0x5c, 0x00, 0x7f], String.raw`Undecodable: b'\xff\n\r\t\\\x00\x7f'`],
    [[0xff, 0x27], String.raw`Undecodable: b"\xff'"`],
    [[0xff, 0x27, 0x22], String.raw`Undecodable: b'\xff\'"'`],
    [[0xed, 0xa0, 0x80], String.raw`Undecodable: b'\xed\xa0\x80'`],
  ])('%j is %j', (bytes, text) => {
    expect(textOf(Uint8Array.from(bytes))).toBe(text);
  });

  test('a character that is not complete is counted, a complete one is not', () => {
    for (const character of ['a', 'é', '€', '𝄞']) {
      const bytes = Buffer.from(`x${character}`);
      expect(unfinished(bytes)).toBe(0);
      for (let length = 2; length < bytes.length; length += 1)
        expect(unfinished(bytes.subarray(0, length))).toBe(length - 1);
    }
  });

  test('what is no text at all is not waited for', () => {
    expect(unfinished(Uint8Array.of(0xff))).toBe(0);
    expect(unfinished(Uint8Array.of(0x80, 0x80, 0x80, 0x80))).toBe(0);
  });
});

describe('an decoder', () => {
  test('tears no character, however the text is cut', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.array(fc.nat(6)), (text, cuts) => {
        const decoder = new OutputDecoder({ group: 'g', name: 'p' }, 'stdout');
        const bytes = Buffer.from(text);
        let heard = '';
        let at = 0;
        for (const length of [...cuts, bytes.length]) {
          heard += decoder.piece(bytes.subarray(at, at + length))?.text ?? '';
          at += length;
        }
        expect(decoder.end()).toBeNull();
        expect(heard).toBe(bytes.toString());
      }),
    );
  });

  test('gives out what was held back when the leader ends', () => {
    const decoder = new OutputDecoder({ group: 'g', name: 'p' }, 'stderr');
    decoder.follow(7);
    expect(decoder.piece(Uint8Array.of(0xe2, 0x82))).toBeNull();
    expect(decoder.end()).toMatchObject({
      pid: 7,
      channel: 'stderr',
      text: String.raw`Undecodable: b'\xe2\x82'`,
    });
    expect(decoder.end()).toBeNull();
  });
});

describe('an envelope', () => {
  const address = { server: 'supervisor', pool: 'p', poolSerial: 3 };

  test('has the header of supervisord and nothing behind the payload', () => {
    const note = { name: 'TICK_5', payload: 'when:5' } as const;
    expect(envelope({ note, serial: 12 }, address).toString()).toBe(
      'ver:3.0 server:supervisor serial:12 pool:p poolserial:3 eventname:TICK_5 len:6\nwhen:5',
    );
  });

  test('announces characters, as listeners that read text count them', () => {
    const note = { name: 'REMOTE_COMMUNICATION', payload: 'é€𝄞' } as const;
    expect(envelope({ note, serial: 0 }, address).toString()).toContain(' len:3\né€𝄞');
  });
});
