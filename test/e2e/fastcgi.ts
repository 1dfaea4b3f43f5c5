// What does a FastCGI program answer? One request over a new connection, record by record.

import { connect, type NetConnectOpts } from 'node:net';

const record = (kind: number, content: Buffer): Buffer => {
  const header = Buffer.from([1, kind, 0, 1, 0, 0, 0, 0]);
  header.writeUInt16BE(content.length, 4);
  return Buffer.concat([header, content]);
};

const pair = (name: string, value: string): Buffer =>
  Buffer.concat([Buffer.from([name.length, value.length]), Buffer.from(name + value)]);

const [BEGIN, PARAMS, STDIN, STDOUT] = [1, 4, 5, 6];

const request = (query: string): Buffer =>
  Buffer.concat([
    record(BEGIN, Buffer.from([0, 1, 0, 0, 0, 0, 0, 0])),
    record(PARAMS, Buffer.concat([pair('REQUEST_METHOD', 'GET'), pair('QUERY_STRING', query)])),
    record(PARAMS, Buffer.alloc(0)),
    record(STDIN, Buffer.alloc(0)),
  ]);

/** The bodies of all STDOUT records. */
const outputOf = (bytes: Buffer): string => {
  const bodies: Buffer[] = [];
  for (let at = 0; at + 8 <= bytes.length;) {
    const length = bytes.readUInt16BE(at + 4);
    if (bytes[at + 1] === STDOUT) bodies.push(bytes.subarray(at + 8, at + 8 + length));
    at += 8 + length + (bytes[at + 6] ?? 0);
  }
  return Buffer.concat(bodies).toString();
};

/** The text behind the headers; rejects when nobody listens, or nobody answers within 20 s. */
export const askFastCgi = (where: NetConnectOpts, query: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect(where);
    const pieces: Buffer[] = [];
    socket.setTimeout(20_000, () => socket.destroy(new Error('cannot get an answer: not within 20 s')));
    socket.once('connect', () => socket.write(request(query)));
    socket.on('data', (bytes) => pieces.push(bytes));
    socket.once('error', reject);
    socket.once('close', () => resolve(outputOf(Buffer.concat(pieces)).split('\r\n\r\n')[1] ?? ''));
  });
