// Which processes does an operator mean? supervisord's names: `name`, `group:name`, `group:*`, `all`.

export type Selector =
  | { readonly kind: 'all' }
  | { readonly kind: 'group'; readonly group: string }
  | { readonly kind: 'process'; readonly group: string; readonly name: string };

/** `group:name`, or the name alone where both are the same. */
export const namespec = ({ group, name }: { readonly group: string; readonly name: string }): string =>
  group === name ? name : `${group}:${name}`;

export const parseSelector = (text: string): Selector => {
  if (text === 'all') return { kind: 'all' };
  const colon = text.indexOf(':');
  if (colon === -1) return { kind: 'process', group: text, name: text };
  const group = text.slice(0, colon);
  const name = text.slice(colon + 1);
  return name === '*' || name === '' ? { kind: 'group', group } : { kind: 'process', group, name };
};
