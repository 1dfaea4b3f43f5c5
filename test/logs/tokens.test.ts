// Are messages between supervisord's tokens found, however the output is cut?

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Tokens } from '../../src/logs/tokens.ts';

const BEGIN = '<!--XSUPERVISOR:BEGIN-->';
const END = '<!--XSUPERVISOR:END-->';

const read = (pieces: readonly string[], most = 1000): { plain: string; captured: string[] } => {
  let plain = '';
  const captured: string[] = [];
  const tokens = new Tokens(most, {
    plain: (bytes) => (plain += Buffer.from(bytes).toString('latin1')),
    captured: (bytes) => captured.push(Buffer.from(bytes).toString('latin1')),
  });
  for (const piece of pieces) tokens.read(Buffer.from(piece, 'latin1'));
  tokens.end();
  return { plain, captured };
};

describe('capture mode', () => {
  test('keeps tokens and messages out of the log', () => {
    expect(read([`a${BEGIN}one${END}b${BEGIN}${END}c`])).toEqual({ plain: 'abc', captured: ['one', ''] });
  });

  test('keeps the last bytes of a message that is too long', () => {
    expect(read([`${BEGIN}0123456789${END}`], 4).captured).toEqual(['6789']);
  });

  test('knows no message without an end, and reads the next life from its beginning', () => {
    let plain = '';
    const tokens = new Tokens(10, {
      plain: (bytes) => (plain += Buffer.from(bytes).toString()),
      captured: () => undefined,
    });
    tokens.read(Buffer.from(`a${BEGIN}lost`));
    tokens.end();
    tokens.read(Buffer.from('b'));
    expect(plain).toBe('ab');
  });

  test('loses no short last words', () => {
    expect(read(['tail']).plain).toBe('tail');
    expect(read(['tail<!--XSUPER']).plain).toBe('tail<!--XSUPER');
  });

  test('holds nothing back that cannot be a token', () => {
    let plain = '';
    const tokens = new Tokens(10, {
      plain: (bytes) => (plain += Buffer.from(bytes).toString()),
      captured: () => undefined,
    });
    tokens.read(Buffer.from('short\n'));
    expect(plain).toBe('short\n');
  });

  test('reads the same however the bytes are cut', () => {
    const part = fc.constantFrom(
      BEGIN,
      END,
      '<!--',
      'XSUPERVISOR:',
      '<',
      'text\n',
      '<!--XSUPERVISOR:BEGIN',
      '\xFF',
    );
    fc.assert(
      fc.property(fc.array(part), fc.array(fc.integer({ min: 0, max: 30 })), (parts, cuts) => {
        const text = parts.join('');
        const pieces: string[] = [];
        let at = 0;
        for (const length of cuts) {
          pieces.push(text.slice(at, at + length));
          at += length;
        }
        pieces.push(text.slice(at));
        expect(read(pieces)).toEqual(read([text]));
      }),
    );
  });
});
