// How is an XML-RPC call read, and how are values and faults written? The server's codec: pure, strict, bounded.

import { parseXml, XmlDocumentType, XmlElement, XmlError, XmlText } from '@rgrove/parse-xml';
import type { XmlDocument } from '@rgrove/parse-xml';
import { isList, type RpcValue } from './value.ts';

export interface Call {
  readonly method: string;
  readonly params: readonly RpcValue[];
}

export interface Malformed {
  readonly malformed: string;
}

export interface Fault {
  readonly code: number;
  readonly text: string;
}

/** Elements inside each other; a call with a struct in an array in an array needs 20. */
const MAX_DEPTH = 64;
/** Elements of one call; a multicall of a thousand small calls has 20 000. */
const MAX_ELEMENTS = 50_000;

const MIN_INT = -(2 ** 31);
const MAX_INT = 2 ** 31 - 1;

class Refused extends Error {}

const refuse = (reason: string): never => {
  throw new Refused(reason);
};

/** Sections whose text may hold `<` without beginning an element. */
const OPAQUE: readonly (readonly [begin: string, end: string])[] = [
  ['<![CDATA[', ']]>'],
  ['<!--', '-->'],
  ['<?', '?>'],
];

const behindOpaque = (text: string, at: number): number | null => {
  const section = OPAQUE.find(([begin]) => text.startsWith(begin, at));
  if (section === undefined) return null;
  const end = text.indexOf(section[1], at);
  return end === -1 ? text.length : end;
};

/** Where a tag ends; a `>` within quotes ends none. */
const endOfTag = (text: string, at: number): number => {
  let quote = '';
  for (let index = at; index < text.length; index += 1) {
    const letter = text.charAt(index);
    if (quote !== '') quote = letter === quote ? '' : quote;
    else if (letter === '>') return index;
    else if (letter === '"' || letter === "'") quote = letter;
  }
  return text.length;
};

/** Before anything is built: how deep and how many. Wrong nesting is the parser's to refuse. */
const checkSize = (text: string): void => {
  let depth = 0;
  let elements = 0;
  for (let at = text.indexOf('<'); at !== -1; at = text.indexOf('<', at + 1)) {
    const behind = behindOpaque(text, at);
    if (behind !== null) {
      at = behind;
      continue;
    }
    if (text[at + 1] === '/') depth -= 1;
    else {
      at = endOfTag(text, at);
      depth += text[at - 1] === '/' ? 0 : 1;
      elements += 1;
    }
    if (depth > MAX_DEPTH) refuse(`elements are nested deeper than ${MAX_DEPTH}`);
    if (elements > MAX_ELEMENTS) refuse(`it has more than ${MAX_ELEMENTS} elements`);
  }
};

const childrenOf = (element: XmlElement): readonly XmlElement[] =>
  element.children.filter((child) => child instanceof XmlElement);

const textOf = (element: XmlElement): string =>
  element.children.map((child) => (child instanceof XmlText ? child.text : '')).join('');

const childOf = (element: XmlElement, name: string): XmlElement =>
  childrenOf(element).find((child) => child.name === name) ?? refuse(`<${element.name}> has no <${name}>`);

const readInt = (element: XmlElement): number => {
  const text = textOf(element).trim();
  return /^[+-]?\d{1,20}$/.test(text) ? Number(text) : refuse(`<${element.name}> holds no integer`);
};

const readDouble = (element: XmlElement): number => {
  const text = textOf(element).trim();
  const value = Number(text);
  return text !== '' && Number.isFinite(value) ? value : refuse('<double> holds no number');
};

const readStruct = (element: XmlElement): RpcValue =>
  Object.fromEntries(
    childrenOf(element).map((member) => [
      textOf(childOf(member, 'name')),
      readValue(childOf(member, 'value')),
    ]),
  );

const READERS: Readonly<Record<string, (element: XmlElement) => RpcValue>> = {
  string: textOf,
  int: readInt,
  i4: readInt,
  i8: readInt,
  boolean: (element) => textOf(element).trim() === '1',
  double: readDouble,
  'dateTime.iso8601': (element) => textOf(element).trim(),
  base64: (element) => Buffer.from(textOf(element), 'base64').toString('utf8'),
  nil: () => null,
  array: (element) => childrenOf(childOf(element, 'data')).map(readValue),
  struct: readStruct,
};

/** A value without a type is a string. */
function readValue(value: XmlElement): RpcValue {
  if (value.name !== 'value') refuse(`<${value.name}> stands where a <value> should`);
  const [typed] = childrenOf(value);
  if (typed === undefined) return textOf(value);
  const reader = Object.hasOwn(READERS, typed.name) ? READERS[typed.name] : undefined;
  return reader === undefined ? refuse(`there is no type <${typed.name}>`) : reader(typed);
}

const parse = (text: string): XmlDocument => {
  checkSize(text);
  const document = parseXml(text, { preserveDocumentType: true });
  const declares = document.children.some((child) => child instanceof XmlDocumentType);
  return declares ? refuse('it has a document type') : document;
};

const callOf = ({ root }: XmlDocument): Call => {
  if (root?.name !== 'methodCall') return refuse('it is no <methodCall>');
  const method = textOf(childOf(root, 'methodName')).trim();
  if (method === '') refuse('it names no method');
  const params = childrenOf(root).find((child) => child.name === 'params');
  return {
    method,
    params: params === undefined ? [] : childrenOf(params).map((param) => readValue(childOf(param, 'value'))),
  };
};

/** Never throws for what a client sent. */
export const readCall = (text: string): Call | Malformed => {
  try {
    return callOf(parse(text));
  } catch (error) {
    if (error instanceof Refused) return { malformed: error.message };
    if (error instanceof XmlError) return { malformed: error.message.split('\n', 1)[0] ?? '' };
    throw error;
  }
};

const SPECIAL: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '\r': '&#13;' };
/** What no XML 1.0 document may hold, not even escaped. */
const NEEDS_CARE = /[&<>\r]|[^\t\n\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu;

/** Text for between two tags; characters that XML cannot hold become U+FFFD. */
export const escapeText = (text: string): string =>
  text.replaceAll(NEEDS_CARE, (character) => SPECIAL[character] ?? '\u{fffd}');

/** Integers beyond 32 bits are written as doubles: they are exact up to 2^53 and need no type that clients lack. */
const numberText = (value: number): string => {
  if (Number.isInteger(value) && value >= MIN_INT && value <= MAX_INT) return `<int>${value}</int>`;
  return `<double>${Number.isFinite(value) ? value : 0}</double>`;
};

const structText = (value: Readonly<Record<string, RpcValue>>): string => {
  let text = '<struct>\n';
  for (const [name, member] of Object.entries(value))
    if (member !== null) text += `<member><name>${escapeText(name)}</name>${writeValue(member)}</member>\n`;
  return `${text}</struct>`;
};

const typedText = (value: RpcValue): string => {
  if (typeof value === 'string') return `<string>${escapeText(value)}</string>`;
  if (typeof value === 'number') return numberText(value);
  if (typeof value === 'boolean') return `<boolean>${value ? 1 : 0}</boolean>`;
  if (value === null) return '<nil/>';
  return isList(value)
    ? `<array><data>\n${value.map(writeValue).join('\n')}\n</data></array>`
    : structText(value);
};

/** Members that are null are left out of a struct. */
export function writeValue(value: RpcValue): string {
  return `<value>${typedText(value)}</value>`;
}

const HEAD = "<?xml version='1.0'?>\n<methodResponse>\n";

export const writeResponse = (value: RpcValue): string =>
  `${HEAD}<params>\n<param>\n${writeValue(value)}\n</param>\n</params>\n</methodResponse>\n`;

export const writeFault = ({ code, text }: Fault): string =>
  `${HEAD}<fault>\n${writeValue({ faultCode: code, faultString: text })}\n</fault>\n</methodResponse>\n`;
