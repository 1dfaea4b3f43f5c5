// Does a value obey a JSON Schema? Only the keywords that ours uses; any other is an error, so that none is passed over.

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
type Schema = Readonly<Record<string, Json>>;

const isObject = (value: Json | undefined): value is { readonly [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isList = (value: Json | undefined): value is readonly Json[] => Array.isArray(value);

const textOf = (value: Json | undefined): string =>
  typeof value === 'string' ? value : JSON.stringify(value);

const typesOf = (value: Json): readonly string[] => {
  if (value === null) return ['null'];
  if (isList(value)) return ['array'];
  return Number.isInteger(value) ? ['integer', 'number'] : [typeof value];
};

const objectErrors = (root: Schema, schema: Schema, value: Json): string[] => {
  if (!isObject(value)) return [];
  const { properties = {}, patternProperties = {}, additionalProperties = true } = schema;
  return Object.entries(value).flatMap(([key, inner]) => {
    const own = isObject(properties) ? properties[key] : undefined;
    const pattern = Object.entries(patternProperties ?? {}).find(([source]) =>
      new RegExp(source, 'u').test(key),
    )?.[1];
    const found = own ?? pattern ?? additionalProperties;
    if (found === false) return [`no key ${key}`];
    return isObject(found) ? validate(found, inner, root).map((error) => `${key}: ${error}`) : [];
  });
};

const numberErrors = (schema: Schema, value: Json): string[] => {
  if (typeof value !== 'number') return [];
  const { minimum, maximum } = schema;
  const low = typeof minimum === 'number' && value < minimum;
  return low || (typeof maximum === 'number' && value > maximum) ? ['out of range'] : [];
};

const KEYWORDS: Readonly<Record<string, (schema: Schema, value: Json, root: Schema) => string[]>> = {
  type: ({ type = [] }, value) => {
    const wanted = (isList(type) ? type : [type]).map(textOf);
    return typesOf(value).some((name) => wanted.includes(name)) ? [] : [`not ${wanted.join(' or ')}`];
  },
  enum: ({ enum: choices }, value) =>
    isList(choices) && choices.includes(value) ? [] : ['not one of the choices'],
  anyOf: ({ anyOf }, value, root) =>
    isList(anyOf) && anyOf.some((inner) => isObject(inner) && validate(inner, value, root).length === 0)
      ? []
      : ['none of anyOf'],
  pattern: ({ pattern }, value) =>
    typeof value !== 'string' || new RegExp(textOf(pattern), 'u').test(value) ? [] : ['does not match'],
  items: ({ items }, value, root) =>
    isList(value) && isObject(items) ? value.flatMap((item) => validate(items, item, root)) : [],
  minItems: ({ minItems }, value) => (isList(value) && value.length < Number(minItems) ? ['too short'] : []),
  minimum: numberErrors,
  maximum: numberErrors,
  properties: (schema, value, root) => objectErrors(root, schema, value),
  patternProperties: () => [],
  additionalProperties: (schema, value, root) =>
    'properties' in schema ? [] : objectErrors(root, schema, value),
  $ref: ({ $ref }, value, root) => {
    const inner = isObject(root['$defs']) ? root['$defs'][textOf($ref).replace('#/$defs/', '')] : undefined;
    if (!isObject(inner)) throw new Error(`no ${textOf($ref)}`);
    return validate(inner, value, root);
  },
};

const SAID = new Set(['$schema', '$defs', 'title', 'description']);

/** Every reason why the value does not obey; none when it does. */
export const validate = (schema: Schema, value: Json, root: Schema = schema): string[] =>
  Object.keys(schema).flatMap((keyword) => {
    if (SAID.has(keyword)) return [];
    const check = KEYWORDS[keyword];
    if (check === undefined) throw new Error(`the schema uses ${keyword}, which this test does not know`);
    return check(schema, value, root);
  });
