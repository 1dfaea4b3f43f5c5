// What has the kernel said since we last asked? /dev/kmsg, read on demand and never waited for.

import { closeSync, constants, openSync, readSync } from 'node:fs';
import { errnoOf } from '../model/errors.ts';

export interface KernelLog {
  /** Records not read yet that speak of kills, as text; `lost` when the ring overtook us. The first call gives all that the ring holds. */
  drain(): { readonly text: string; readonly lost: boolean; readonly marks: readonly string[] };
  close(): void;
}

/** The kernel writes no record beyond this; a smaller buffer is refused with EINVAL. */
const RECORD = 8192;
const DIGIT_ZERO = 0x30;
const COMMA = 0x2c;
const BLANK = 0x20;

const isDigit = (byte: number): boolean => byte >= DIGIT_ZERO && byte < DIGIT_ZERO + 10;

/** Facility 0 is the kernel's own, which user space cannot write: one digit of level before the first comma. */
const isKernels = (bytes: Buffer): boolean =>
  bytes[1] === COMMA && (bytes[0] ?? 0) >= DIGIT_ZERO && (bytes[0] ?? 0) < DIGIT_ZERO + 8;

/** One kill is told in eighty records; these words are in the ones that name it, and in the head of its table of tasks. */
const WORDS = ['oom-kill:', 'Killed process ', ' swapents '];
/** Daemons that kill for memory; what they write to the kernel log has another facility than the kernel's own. */
const KILLERS = ['earlyoom', 'nohang', 'oomd'];

/** A row of the table of tasks: `;[   9225]     0  9225 ...`. */
const isTaskRow = (bytes: Buffer): boolean => {
  const at = bytes.indexOf(';[');
  return at !== -1 && at < 40 && (bytes[at + 2] === BLANK || isDigit(bytes[at + 2] ?? 0));
};

const createLog = (file: number): KernelLog => {
  const record = Buffer.allocUnsafeSlow(RECORD);
  return {
    drain() {
      const texts: string[] = [];
      const marks: string[] = [];
      let lost = false;
      for (;;) {
        try {
          const size = readSync(file, record, 0, RECORD, null);
          if (size === 0) break;
          const bytes = record.subarray(0, size);
          const words = isKernels(bytes) ? WORDS : KILLERS;
          if (words.some((word) => bytes.includes(word)) || (words === WORDS && isTaskRow(bytes)))
            (words === WORDS ? texts : marks).push(bytes.toString('latin1'));
        } catch (error) {
          // EPIPE: records were overwritten before we read them; the next read goes on with the oldest left.
          if (errnoOf(error) !== 'EPIPE') break;
          lost = true;
        }
      }
      return { text: texts.join(''), lost, marks };
    },
    close: () => closeSync(file),
  };
};

/**
 * Without O_NONBLOCK a read would hold a thread for ever and the process could not exit. dmesg_restrict asks for
 * CAP_SYSLOG although the file's mode lets everybody read.
 */
export const openKernelLog = (path = '/dev/kmsg'): KernelLog | 'denied' | 'absent' => {
  try {
    return createLog(openSync(path, constants.O_RDONLY | constants.O_NONBLOCK));
  } catch (error) {
    const code = errnoOf(error);
    return code === 'EPERM' || code === 'EACCES' ? 'denied' : 'absent';
  }
};
