// How does a reader of a value say that it cannot read it? As a value with its cure.

export interface Refusal {
  readonly refused: string;
  readonly hint: string;
}

export const refuse = (refused: string, hint = ''): Refusal => ({ refused, hint });

export const isRefusal = (value: unknown): value is Refusal =>
  typeof value === 'object' && value !== null && 'refused' in value && typeof value.refused === 'string';

/** A text between quotes, cut when it is long. */
export const shown = (text: string): string => `'${text.length > 80 ? `${text.slice(0, 77)}...` : text}'`;
