// What may a value call by name, as %(name)s?

/** A Map of names is one. */
export interface NameTable {
  get(name: string): string | number | undefined;
  keys(): Iterable<string>;
}

/** Looked up in order; the first table that has the name answers. */
export type Names = readonly NameTable[];

type Named = Readonly<Record<string, string | number>>;

/** There are several for each process: an object with methods is a fourth of one with functions of its own. */
class RecordNames implements NameTable {
  private readonly record: Named;

  constructor(record: Named) {
    this.record = record;
  }

  get(name: string): string | number | undefined {
    return Object.hasOwn(this.record, name) ? this.record[name] : undefined;
  }

  keys(): Iterable<string> {
    return Object.keys(this.record);
  }
}

/** The names of a record, which may change later. */
export const namesIn = (record: Named): NameTable => new RecordNames(record);

const ENV = 'ENV_';

class VariableNames implements NameTable {
  private readonly environment: Readonly<Record<string, string>>;

  constructor(environment: Readonly<Record<string, string>>) {
    this.environment = environment;
  }

  get(name: string): string | undefined {
    if (!name.startsWith(ENV)) return undefined;
    const variable = name.slice(ENV.length);
    return Object.hasOwn(this.environment, variable) ? this.environment[variable] : undefined;
  }

  keys(): Iterable<string> {
    return Object.keys(this.environment).map((variable) => ENV + variable);
  }
}

/** Variables of an environment by their names behind ENV_. */
export const namesOfVariables = (environment: Readonly<Record<string, string>>): NameTable =>
  new VariableNames(environment);

export const findName = (names: Names, name: string): string | number | undefined => {
  for (let at = 0; at < names.length; at += 1) {
    const value = names[at]?.get(name);
    if (value !== undefined) return value;
  }
  return undefined;
};

/** `ENV_NAME` for every variable. */
export const environmentNames = (env: Readonly<Record<string, string>>): Map<string, string> =>
  new Map(Object.entries(env).map(([key, value]) => [`ENV_${key}`, value]));
