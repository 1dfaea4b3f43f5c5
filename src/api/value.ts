// What can be a parameter or a reply of the API? Plain data that both JSON and XML-RPC can carry.

export type RpcValue = string | number | boolean | null | readonly RpcValue[] | RpcStruct;

export interface RpcStruct {
  readonly [name: string]: RpcValue;
}

export const isList = (value: RpcValue): value is readonly RpcValue[] => Array.isArray(value);

export const isStruct = (value: RpcValue): value is RpcStruct =>
  typeof value === 'object' && value !== null && !isList(value);
