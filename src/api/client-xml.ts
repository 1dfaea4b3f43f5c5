// How does a client write an XML-RPC call and read its answer? Small on purpose: a parser for any XML would cost every command line its start.

export type RpcValue =
  | string
  | number
  | boolean
  | null
  | Uint8Array
  | readonly RpcValue[]
  | { readonly [key: string]: RpcValue };

export type RpcParam = string | number | boolean;

export type RpcReply =
  | { readonly value: RpcValue; readonly fault?: undefined }
  | { readonly fault: { readonly code: number; readonly text: string } };

const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('\r', '&#13;');

const typed = (param: RpcParam): string => {
  if (typeof param === 'string') return `<string>${escape(param)}</string>`;
  if (typeof param === 'boolean') return `<boolean>${param ? 1 : 0}</boolean>`;
  return Number.isInteger(param) ? `<int>${param}</int>` : `<double>${param}</double>`;
};

export const writeCall = (method: string, params: readonly RpcParam[]): string =>
  [
    `<?xml version='1.0'?>\n<methodCall>\n<methodName>${escape(method)}</methodName>\n<params>\n`,
    ...params.map((param) => `<param>\n<value>${typed(param)}</value>\n</param>\n`),
    '</params>\n</methodCall>\n',
  ].join('');

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

const character = (code: number): string =>
  code <= 0x10_ff_ff ? String.fromCodePoint(code) : String.fromCodePoint(0xff_fd);

/** `#38`, `#x26`, `amp`. */
const entity = (whole: string, name: string): string => {
  if (!name.startsWith('#')) return ENTITIES[name] ?? whole;
  return character(name.startsWith('#x') ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1)));
};

const unescape = (text: string): string =>
  text.includes('&') ? text.replaceAll(/&(#x[\da-f]{1,6}|#\d{1,7}|\w+);/gi, entity) : text;

const SCALARS: Readonly<Record<string, (text: string) => RpcValue>> = {
  int: Number,
  i4: Number,
  i8: Number,
  double: Number,
  boolean: (text) => text.trim() === '1',
  string: (text) => text,
  'dateTime.iso8601': (text) => text,
  base64: (text) => Buffer.from(text, 'base64'),
  nil: () => null,
};

/** One pass, no recursion: values wait on a stack until the array or struct around them ends. */
class Reading {
  readonly #values: RpcValue[] = [];
  readonly #marks: number[] = [];
  #text = '';
  /** Directly in `<value>`: text without a type is a string. */
  #untyped = false;
  isFault = false;
  isWhole = false;

  begin(tag: string): void {
    if (tag === 'array' || tag === 'struct') this.#marks.push(this.#values.length);
    this.#text = '';
    this.#untyped = tag === 'value';
  }

  text(text: string): void {
    this.#text += text;
  }

  end(tag: string): void {
    const scalar = SCALARS[tag];
    if (scalar !== undefined) this.#values.push(scalar(this.#text));
    else if (tag === 'name' || (tag === 'value' && this.#untyped)) this.#values.push(this.#text);
    else if (tag === 'array') this.#values.push(this.#since());
    else if (tag === 'struct') this.#values.push(this.#struct());
    else if (tag === 'fault') this.isFault = true;
    else if (tag === 'methodResponse') this.isWhole = true;
    this.#untyped = false;
  }

  result(): RpcValue {
    return this.#values.at(-1) ?? null;
  }

  #since(): RpcValue[] {
    return this.#values.splice(this.#marks.pop() ?? 0);
  }

  #struct(): RpcValue {
    const parts = this.#since();
    return Object.fromEntries(
      parts.flatMap((name, index) =>
        typeof name === 'string' && index % 2 === 0 ? [[name, parts[index + 1] ?? null]] : [],
      ),
    );
  }
}

const TOKEN =
  /<!\[CDATA\[([\s\S]*?)\]\]>|<(?:!--[\s\S]*?--|\?[\s\S]*?\?)>|<(\/?)([\w.]+)[^>]*?(\/?)>|([^<]+)/g;

const read = (xml: string): Reading => {
  const reading = new Reading();
  for (const [, verbatim, slash, tag, empty, text] of xml.matchAll(TOKEN)) {
    if (verbatim !== undefined) reading.text(verbatim);
    else if (text !== undefined) reading.text(unescape(text.replaceAll(/\r\n?/g, '\n')));
    else if (tag !== undefined) {
      if (slash === '') reading.begin(tag);
      if (slash === '/' || empty === '/') reading.end(tag);
    }
  }
  return reading;
};

/** Own fields of a struct; empty for anything else. */
const structOf = (value: RpcValue): ReadonlyMap<string, RpcValue> =>
  new Map(typeof value === 'object' && value !== null ? Object.entries(value) : []);

const faultOf = (value: RpcValue): RpcReply => {
  const fields = structOf(value);
  const [code, text] = [fields.get('faultCode'), fields.get('faultString')];
  return { fault: { code: Number(code ?? 0), text: typeof text === 'string' ? text : '' } };
};

/** Null when it is no whole answer to a call. */
export const readReply = (xml: string): RpcReply | null => {
  const reading = read(xml);
  if (!reading.isWhole) return null;
  return reading.isFault ? faultOf(reading.result()) : { value: reading.result() };
};
