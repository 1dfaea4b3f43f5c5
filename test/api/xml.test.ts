// Is what a client sends read as it meant it, what is hostile refused, and what is written always well-formed?

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readCall, writeFault, writeResponse, writeValue } from '../../src/api/xml.ts';
import type { RpcValue } from '../../src/api/value.ts';

const call = (params: string): string =>
  `<?xml version='1.0'?>\n<methodCall>\n<methodName>a.b</methodName>\n<params>${params}</params>\n</methodCall>\n`;
const one = (value: string): string => call(`<param>${value}</param>`);

const valueOf = (text: string): unknown => {
  const read = readCall(text);
  return 'malformed' in read ? read : read.params[0];
};

/** Text that XML can hold; a carriage return is written as a reference. */
const xmlText = fc
  .string({ unit: 'binary', maxLength: 30 })
  .map((text) => text.replaceAll(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, ''));

const values: fc.Arbitrary<RpcValue> = fc.letrec<{ value: RpcValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    xmlText,
    fc.integer(),
    fc.boolean(),
    fc
      .double({ noNaN: true, noDefaultInfinity: true, min: -1e15, max: 1e15 })
      .filter((n) => !Object.is(n, -0)),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(xmlText, tie('value'), { maxKeys: 4 }),
  ),
})).value;

describe('values', () => {
  test('come back as they were written', () => {
    fc.assert(
      fc.property(values, (value) => {
        expect(valueOf(one(writeValue(value)))).toEqual(value);
      }),
    );
  });

  test.each([
    ['<value><int>7</int></value>', 7],
    ['<value><i4>-7</i4></value>', -7],
    ['<value> <int> 7 </int> </value>', 7],
    ['<value><boolean>1</boolean></value>', true],
    ['<value><boolean>0</boolean></value>', false],
    ['<value><double>5.7</double></value>', 5.7],
    ['<value>bare  text</value>', 'bare  text'],
    ['<value/>', ''],
    ['<value><string/></value>', ''],
    ['<value><string>a &lt;&amp;&#65;&#x42; <![CDATA[<b>&amp;]]></string></value>', 'a <&AB <b>&amp;'],
    ['<value><base64>w7ZybGQ=</base64></value>', 'örld'],
    ['<value><dateTime.iso8601>20240101T00:00:00</dateTime.iso8601></value>', '20240101T00:00:00'],
    ['<value><nil/></value>', null],
    ['<value><array><data/></array></value>', []],
    ['<value><!-- a comment --><array><data><value>a</value></data></array></value>', ['a']],
    ['<value><struct><member><name>a</name><value>b</value></member></struct></value>', { a: 'b' }],
  ])('reads %s', (text, value) => {
    expect(valueOf(one(text))).toEqual(value);
  });

  test('keeps a member called __proto__ a member', () => {
    const read = valueOf(
      one('<value><struct><member><name>__proto__</name><value>x</value></member></struct></value>'),
    );
    expect(Object.keys(Object(read))).toEqual(['__proto__']);
    expect(Object.getPrototypeOf(read)).toBe(Object.prototype);
  });
});

const billionLaughs = `<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><methodCall><methodName>&b;</methodName></methodCall>`;

describe('a call', () => {
  test('may have no parameters at all', () => {
    expect(readCall('<methodCall><methodName> a.b </methodName></methodCall>')).toEqual({
      method: 'a.b',
      params: [],
    });
  });

  test.each([
    ['nothing', ''],
    ['no XML', 'nonsense'],
    ['half a call', '<methodCall><methodName>a.b</methodName>'],
    ['wrong nesting', '<methodCall><methodName>a.b</methodCall></methodName>'],
    ['two roots', '<methodCall><methodName>a</methodName></methodCall><b/>'],
    ['another root', '<methodResponse/>'],
    ['no method', '<methodCall/>'],
    ['an empty method', '<methodCall><methodName/></methodCall>'],
    ['a document type', '<!DOCTYPE x><methodCall><methodName>a.b</methodName></methodCall>'],
    ['entities of its own', billionLaughs],
    ['an unknown entity', one('<value>&nbsp;</value>')],
    ['a NUL', one('<value>\0</value>')],
    ['an unknown type', one('<value><toString>1</toString></value>')],
    ['a type from the prototype', one('<value><constructor>1</constructor></value>')],
    ['an integer that is none', one('<value><int>one</int></value>')],
    ['an integer without end', one(`<value><int>${'9'.repeat(400)}</int></value>`)],
    ['a double that is none', one('<value><double>NaN</double></value>')],
    ['a parameter without a value', call('<param/>')],
    ['a member without a name', one('<value><struct><member><value/></member></struct></value>')],
    ['an array without data', one('<value><array/></value>')],
    ['a hundred thousand arrays in each other', one('<value><array><data>'.repeat(100_000))],
    ['ten thousand elements in each other that look closed', one('<a b="/>">'.repeat(10_000))],
    ['fifty thousand tags without an end', `${'<'.repeat(50_000)}${'x'.repeat(1_000_000)}/>`],
    ['a hundred thousand parameters', call('<param><value/></param>'.repeat(100_000))],
  ])('with %s is malformed', (_, text) => {
    expect(readCall(text)).toEqual({ malformed: expect.stringMatching(/./) });
  });

  test('may have a bracket in an attribute', () => {
    const text = '<methodCall a="/>" b=\'">\'><methodName c=">">a.b</methodName></methodCall>';
    expect(readCall(text)).toEqual({ method: 'a.b', params: [] });
  });

  test('of any kind is read or malformed, and never throws', () => {
    const words =
      '< > / & ; ]]> <![CDATA[ <!-- --> <? ?> value methodCall <methodCall> <methodName> </methodName> <params> <param> <value> <int> \0 é';
    const pieces = fc.constantFrom(...words.split(' '));
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 40 }), (parts) => {
        expect(Object.keys(readCall(parts.join(''))).length).toBeGreaterThan(0);
      }),
      { numRuns: 500 },
    );
  });
});

describe('what is written', () => {
  test('holds no character that XML forbids, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.integer(), (text, code) => {
        for (const written of [writeResponse([text, { [text]: text }]), writeFault({ code, text })])
          expect(written).toMatch(/^[\t\n\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]*$/u);
      }),
    );
  });

  test.each([
    [7, '<int>7</int>'],
    [2 ** 31, '<double>2147483648</double>'],
    [1.5, '<double>1.5</double>'],
    [Number.NaN, '<double>0</double>'],
    [true, '<boolean>1</boolean>'],
    ['a\rb<\u{1}', '<string>a&#13;b&lt;\u{fffd}</string>'],
    [
      { a: null, b: '' },
      '<struct>\n<member><name>b</name><value><string></string></value></member>\n</struct>',
    ],
  ])('of %j is %s', (value, text) => {
    expect(writeValue(value)).toBe(`<value>${text}</value>`);
  });
});
