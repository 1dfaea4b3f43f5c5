// How does supervisorctl take names apart and put them together?

import { parseSelector } from '../../model/name.ts';

export interface Namespec {
  readonly group: string;
  /** Null: the whole group. */
  readonly process: string | null;
}

export const splitNamespec = (text: string): Namespec => {
  if (text === 'all') return { group: text, process: text };
  const selector = parseSelector(text);
  if (selector.kind === 'process') return { group: selector.group, process: selector.name };
  return { group: selector.kind === 'group' ? selector.group : text, process: null };
};

/** A missing process is printed as Python prints None. */
export const joinNamespec = ({ group, process }: Namespec): string =>
  group === process ? group : `${group}:${process ?? 'None'}`;

export const wordsOf = (text: string): readonly string[] => text.split(/\s+/).filter((word) => word !== '');
