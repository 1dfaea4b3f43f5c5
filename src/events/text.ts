// Which text do bytes of a program stand for in a payload? UTF-8, or the literal that supervisord writes for anything else.

const STRICT = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const NAMED: ReadonlyMap<number, string> = new Map([
  [0x09, '\\t'],
  [0x0a, '\\n'],
  [0x0d, '\\r'],
  [0x5c, '\\\\'],
]);

const escape = (byte: number, quote: string): string => {
  const named = NAMED.get(byte);
  if (named !== undefined) return named;
  if (byte < 0x20 || byte > 0x7e) return `\\x${byte.toString(16).padStart(2, '0')}`;
  const character = String.fromCodePoint(byte);
  return character === quote ? `\\${quote}` : character;
};

/** Python's `repr` of bytes, e.g. `b'caf\xe9'`. */
const literal = (bytes: Uint8Array): string => {
  const quote = bytes.includes(0x27) && !bytes.includes(0x22) ? '"' : "'";
  return `b${quote}${Array.from(bytes, (byte) => escape(byte, quote)).join('')}${quote}`;
};

export const textOf = (bytes: Uint8Array): string => {
  try {
    return STRICT.decode(bytes);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return `Undecodable: ${literal(bytes)}`;
  }
};

/** How many bytes a character has that begins with `byte`. */
const lengthOf = (byte: number): number => {
  if (byte >= 0xf0 && byte < 0xf8) return 4;
  if (byte >= 0xe0) return byte < 0xf0 ? 3 : 1;
  return byte >= 0xc0 ? 2 : 1;
};

/** How many bytes at the end belong to a character that is not complete yet; 0 to 3. */
export const unfinished = (bytes: Uint8Array): number => {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if ((byte & 0xc0) !== 0x80) return lengthOf(byte) > back ? back : 0;
  }
  return 0;
};
