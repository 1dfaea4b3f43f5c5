// What is a place that log bytes go to, for those who write to it?

/** The part of the kernel's clock that logs need; `Clock` of kernel/port.ts is one. */
export interface LogClock {
  /** Monotonic milliseconds. */
  now(): number;
  /** Milliseconds since the epoch, for people only. */
  wall(): number;
  /** Calls back once after `ms`; the returned function disarms. */
  after(ms: number, call: () => void): () => void;
}

export interface Failure {
  /** Errno name, e.g. `ENOSPC`. */
  readonly code: string;
  /** For people: `no space left on device (ENOSPC)`. */
  readonly reason: string;
}

/** Never throws: bytes that cannot be written are counted, and that is said once. */
export interface Sink {
  /** What keeps it from being written now; null when all is well. */
  readonly failure: Failure | null;
  /**
   * Takes all the bytes and keeps no reference to them. False: the reader at the other end is slow, write no more until `ready` calls back; who writes on is
   * held to a bound, beyond which bytes are lost and counted.
   */
  write(bytes: Uint8Array): boolean;
  /** Calls back once when the sink takes more; at once when it does so already. */
  ready(call: () => void): void;
}

/** One destination, open. Regular files rotate; pipes, terminals, sockets and devices do not. */
export interface LogFile extends Sink {
  readonly path: string;
  /** Bytes that it could not write, ever. */
  readonly lost: number;
  /** `told`: the writer has been told to wait, and what it writes is held to the bound. Of others a piece is always kept. */
  write(bytes: Uint8Array, told?: boolean): boolean;
  /** Closes and opens by name again, after somebody renamed the file. */
  reopen(): void;
  /** Empties a regular file; says 'special' and touches nothing when it is none. */
  clear(): 'cleared' | 'special';
  /** Waits, at most a second and blocking, until all that is kept is written. */
  flush(): void;
  close(): void;
}

/** For `NONE`: takes everything, keeps nothing. */
export const DISCARD: Sink = { failure: null, write: () => true, ready: (call) => call() };
