// How does an event travel? One line of header, then exactly the payload.

import type { Note } from './note.ts';

export interface Posted {
  readonly note: Note;
  /** Counted over all pools, from 0. */
  readonly serial: number;
}

export interface Address {
  /** supervisord's identifier. */
  readonly server: string;
  readonly pool: string;
  /** Counted in this pool, from 0. */
  readonly poolSerial: number;
}

/** Characters as Python counts them, not UTF-16 units. */
const characters = (text: string): number => {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
};

/** `len` counts characters, as supervisord does and as listeners that read text expect; see docs/supervisord.md. */
export const envelope = ({ note, serial }: Posted, { server, pool, poolSerial }: Address): Buffer => {
  const { name, payload } = note;
  const header = `ver:3.0 server:${server} serial:${serial} pool:${pool} poolserial:${poolSerial}`;
  return Buffer.from(`${header} eventname:${name} len:${characters(payload)}\n${payload}`);
};
