// Which number does an option give?

import { TsvisorError } from '../model/errors.ts';

/** A number from 0 on; refuses with BAD_OPTION. */
export const numberOption = (option: string, text: string): number => {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value) && value >= 0) return value;
  throw new TsvisorError('BAD_OPTION', {
    option: `${option} ${text}`,
    reason: 'a number is wanted, 0 or more',
  });
};
