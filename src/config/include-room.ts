// How much may the includes of one config bring? A pattern that is too wide must neither stop nor fill the supervisor.

/** Names in folders that patterns may look at. */
const MAX_NAMES = 100_000;
/** Characters of all included files. */
const MAX_LENGTH = 16 * 1024 * 1024;

/** What is left of each bound; below zero it was too much, and the rest is left out. */
export interface IncludeRoom {
  readonly maxFiles: number;
  files: number;
  names: number;
  characters: number;
}

export const includeRoom = (maxFiles: number): IncludeRoom => ({
  maxFiles,
  files: maxFiles,
  names: MAX_NAMES,
  characters: MAX_LENGTH,
});

/** Why no further file may be included; null while one may. */
export const overrun = ({ maxFiles, files, names, characters }: IncludeRoom): string | null => {
  if (files < 0) return `cannot include more than ${maxFiles} files`;
  if (characters < 0) return `cannot include more than ${MAX_LENGTH / 1024 / 1024} MiB`;
  return names < 0 ? `cannot look through more than ${MAX_NAMES} names for files to include` : null;
};
