// How does supervisorctl print a failure that no command expects? Python's names of errors, without the lines of its sources.

import { RpcError, type RpcFailure } from '../../api/client-rpc.ts';
import { pythonRepr } from '../../config/repr.ts';

const BY_ERRNO: Readonly<Record<string, string>> = {
  ENOENT: "<class 'FileNotFoundError'>, [Errno 2] No such file or directory",
  ECONNREFUSED: "<class 'ConnectionRefusedError'>, [Errno 111] Connection refused",
  EACCES: "<class 'PermissionError'>, [Errno 13] Permission denied",
  EPERM: "<class 'PermissionError'>, [Errno 1] Operation not permitted",
  ECONNRESET: "<class 'http.client.RemoteDisconnected'>, Remote end closed connection without response",
  ENOTFOUND: "<class 'socket.gaierror'>, [Errno -2] Name or service not known",
  EAI_AGAIN: "<class 'socket.gaierror'>, [Errno -3] Temporary failure in name resolution",
};

const failureWords = (failure: RpcFailure): string => {
  switch (failure.kind) {
    case 'connection':
      return BY_ERRNO[failure.errno] ?? `<class 'OSError'>, ${failure.message}`;
    case 'http':
      return `<class 'xmlrpc.client.ProtocolError'>, <ProtocolError for 127.0.0.1/RPC2: ${failure.status} ${failure.reason}>`;
    case 'strange':
      return "<class 'xml.parsers.expat.ExpatError'>, what answered is no XML-RPC server";
    case 'protocol':
      return `<class 'ValueError'>, Unknown protocol for serverurl ${failure.url}`;
  }
};

export interface Fault {
  readonly code: number;
  readonly text: string;
}

/** A fault that the command has no words for. */
export class FaultError extends Error {
  constructor({ code, text }: Fault) {
    super(`<class 'xmlrpc.client.Fault'>, <Fault ${code}: ${pythonRepr(text)}>`);
    this.name = 'FaultError';
  }
}

/** What Python would have raised on an answer or an input that supervisorctl does not expect. */
export class ValueError extends Error {
  constructor(text: string, of: 'ValueError' | 'EOFError' = 'ValueError') {
    super(`<class '${of}'>, ${text}`);
    this.name = 'ValueError';
  }
}

/** Null for what is none of the expected failures: a bug. */
export const errorWords = (error: unknown): string | null => {
  if (error instanceof RpcError) return `error: ${failureWords(error.failure)}`;
  if (error instanceof FaultError || error instanceof ValueError) return `error: ${error.message}`;
  return null;
};
