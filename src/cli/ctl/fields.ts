// What is in a struct that a server sent? Read leniently: the server may be of any version.

import type { RpcValue } from '../../api/client-xml.ts';

export type Fields = Readonly<Record<string, RpcValue>>;

const isFields = (value: RpcValue): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);

export const fieldsOf = (value: RpcValue): Fields => (isFields(value) ? value : {});

export const listOf = (value: RpcValue | undefined): readonly RpcValue[] =>
  Array.isArray(value) ? value : [];

export const recordsOf = (value: RpcValue): readonly Fields[] => listOf(value).map(fieldsOf);

/** As Python prints it: also a number where a text is due. */
export const textOf = (fields: Fields, name: string): string => printed(fields[name] ?? '');

export const printed = (value: RpcValue): string => {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
};

export const numberOf = (fields: Fields, name: string): number => Number(fields[name] ?? 0);
