// What does a refusal look like on the wire, and how is it read back?

import { ERRORS, TsvisorError, type ErrorCode } from '../model/errors.ts';

type Facts = Readonly<Record<string, string | number>>;

/** The JSON of every answer that is no success. `facts` fill the registry's words again on the other side. */
export interface WireError {
  readonly error: {
    readonly code: ErrorCode | 'BUG';
    readonly message: string;
    readonly hint: string;
    readonly facts: Facts;
  };
}

export const refusalToWire = (refusal: TsvisorError): WireError => ({
  error: { code: refusal.code, message: refusal.message, hint: refusal.hint, facts: refusal.facts },
});

export const BUG_ON_WIRE: WireError = {
  error: {
    code: 'BUG',
    message: 'tsvisor failed on this request: this is a bug in tsvisor',
    hint: 'its log has the details',
    facts: {},
  },
};

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

const isCode = (value: unknown): value is ErrorCode =>
  typeof value === 'string' && Object.hasOwn(ERRORS, value);

const factsOf = (value: unknown): Facts =>
  Object.fromEntries(
    Object.entries(isRecord(value) ? value : {}).filter(
      (entry): entry is [string, string | number] =>
        typeof entry[1] === 'string' || typeof entry[1] === 'number',
    ),
  );

/** The refusal that was sent; null when the value is none, or of a code that this version does not know. */
export const refusalFromWire = (value: unknown): TsvisorError | null => {
  const error = isRecord(value) ? value['error'] : null;
  if (!isRecord(error) || !isCode(error['code'])) return null;
  return new TsvisorError(error['code'], factsOf(error['facts']));
};
