// What may a value call by name, as %(name)s?

/** A Map of names is one. */
export interface NameTable {
  get(name: string): string | number | undefined;
  keys(): Iterable<string>;
}

/** Looked up in order; the first table that has the name answers. */
export type Names = readonly NameTable[];

/** The names of a record, which may change later. */
export const namesIn = (record: Readonly<Record<string, string | number>>): NameTable => ({
  get: (name) => (Object.hasOwn(record, name) ? record[name] : undefined),
  keys: () => Object.keys(record),
});

const ENV = 'ENV_';

/** Variables of an environment by their names behind ENV_. */
export const namesOfVariables = (environment: Readonly<Record<string, string>>): NameTable => ({
  get: (name) => {
    if (!name.startsWith(ENV)) return undefined;
    const variable = name.slice(ENV.length);
    return Object.hasOwn(environment, variable) ? environment[variable] : undefined;
  },
  keys: () => Object.keys(environment).map((variable) => ENV + variable),
});

export const findName = (names: Names, name: string): string | number | undefined => {
  for (let at = 0; at < names.length; at += 1) {
    const value = names[at]?.get(name);
    if (value !== undefined) return value;
  }
  return undefined;
};
