// How is text put into a page without ever becoming markup? A template tag that escapes all that is not markup already.

/** Markup that is safe as it stands. */
export interface Html {
  readonly html: string;
}

type Part = string | number | Html | null | false | readonly Part[];

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** For between tags and within quoted attributes. */
export const escapeHtml = (text: string): string =>
  /[&<>"']/.test(text) ? text.replaceAll(/[&<>"']/g, (character) => ESCAPES[character] ?? '') : text;

const isHtml = (part: Html | readonly Part[]): part is Html => 'html' in part;

const written = (part: Part): string => {
  if (part === null || part === false) return '';
  if (typeof part === 'string') return escapeHtml(part);
  if (typeof part === 'number') return String(part);
  return isHtml(part) ? part.html : part.map(written).join('');
};

/** Attributes with a value of unknown content must be quoted in the template. */
export const markup = (literals: TemplateStringsArray, ...parts: readonly Part[]): Html => {
  let text = literals[0] ?? '';
  for (const [index, part] of parts.entries()) text += written(part) + (literals[index + 1] ?? '');
  return { html: text };
};
