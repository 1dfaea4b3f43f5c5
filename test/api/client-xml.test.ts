// Does a client write calls that servers read, and read what servers write?

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readReply, writeCall, type RpcValue } from '../../src/api/client-xml.ts';
import { readCall, writeFault, writeResponse } from '../../src/api/xml.ts';

/** What XML can hold. */
const text = fc
  .string({ unit: 'grapheme' })
  .map((any) => any.replaceAll(/[^\t\n\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, '?'));

const scalar = fc.oneof(text, fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), fc.boolean());

const value: fc.Arbitrary<RpcValue> = fc.letrec<{ value: RpcValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    scalar,
    fc.array(tie('value'), { maxLength: 5 }),
    fc.dictionary(text, tie('value'), { maxKeys: 5 }),
  ),
})).value;

describe('the codec of a client', () => {
  test('reads every value that the server writes', () => {
    fc.assert(
      fc.property(value, (given) => {
        const plain: unknown = JSON.parse(JSON.stringify(given));
        expect(JSON.parse(JSON.stringify(readReply(writeResponse(given as never))))).toEqual({
          value: plain,
        });
      }),
    );
  });

  test('writes every call so that the server reads it', () => {
    fc.assert(
      fc.property(text, fc.array(scalar), (name, params) => {
        const method = `supervisor.${name.trim()}`;
        expect(readCall(writeCall(method, params))).toEqual({ method: method.trim(), params });
      }),
    );
  });

  test('reads every fault that the server writes', () => {
    fc.assert(
      fc.property(fc.nat(), text, (code, words) => {
        expect(readReply(writeFault({ code: code % 1000, text: words }))).toEqual({
          fault: { code: code % 1000, text: words },
        });
      }),
    );
  });

  test.each([
    ['untyped text', '<value>a &lt;b&gt; &#233;&#xe9;</value>', 'a <b> éé'],
    ['an empty value', '<value></value>', ''],
    ['an empty element', '<value><string/></value>', ''],
    ['blanks around a type', '<value>\n  <int> 7 </int>\n</value>', 7],
    [
      'i4 and double',
      '<value><array><data><value><i4>1</i4></value><value><double>1.5</double></value></data></array></value>',
      [1, 1.5],
    ],
    [
      'booleans',
      '<value><array><data><value><boolean>1</boolean></value><value><boolean>0</boolean></value></data></array></value>',
      [true, false],
    ],
    ['nil', '<value><nil/></value>', null],
    ['a time', '<value><dateTime.iso8601>20240101T00:00:00</dateTime.iso8601></value>', '20240101T00:00:00'],
    ['marked text', '<value><string><![CDATA[<int>1</int> & more]]></string></value>', '<int>1</int> & more'],
    ['an unknown entity', '<value>&nope;</value>', '&nope;'],
    ['an empty array', '<value><array><data></data></array></value>', []],
    ['an empty struct', '<value><struct></struct></value>', {}],
  ])('reads %s', (_, xml, expected) => {
    const reply = `<?xml version="1.0"?><!-- x --><methodResponse><params><param>${xml}</param></params></methodResponse>`;
    expect(readReply(reply)).toEqual({ value: expected });
  });

  test('reads base64 as bytes', () => {
    const xml =
      '<methodResponse><params><param><value><base64>aGk=</base64></value></param></params></methodResponse>';
    expect(readReply(xml)).toEqual({ value: Buffer.from('hi') });
  });

  test('keeps a member that is called __proto__ to itself', () => {
    const xml =
      '<methodResponse><params><param><value><struct><member><name>__proto__</name><value>x</value></member></struct></value></param></params></methodResponse>';
    const reply = readReply(xml);
    expect(
      Object.hasOwn(Object(reply !== null && reply.fault === undefined ? reply.value : {}), '__proto__'),
    ).toBe(true);
    expect(Reflect.get({}, 'x')).toBeUndefined();
  });

  test('takes nothing for an answer that is none or is cut off', () => {
    fc.assert(fc.property(fc.string(), (any) => readReply(any) === null));
    const whole = writeResponse(['a', { b: 1 }]);
    for (let end = 0; end < whole.trimEnd().length; end += 1)
      expect(readReply(whole.slice(0, end))).toBeNull();
  });

  test('is not slow on an answer of many megabytes', () => {
    const long = 'line <of> a log & more\n'.repeat(400_000);
    const begun = performance.now();
    expect(readReply(writeResponse(long))).toEqual({ value: long });
    expect(performance.now() - begun).toBeLessThan(5000);
  });
});
