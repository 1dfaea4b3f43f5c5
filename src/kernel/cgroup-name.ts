// By which folder name is a group or a process known in a cgroup tree?

/** Names of files in a v1 cgroup; all others have a dot, which is escaped. */
const TAKEN = /^(?:tasks|notify_on_release|release_agent)$/;
/** The file system's limit is 255 bytes. */
const LONGEST = 200;

const escapeByte = (byte: number): string => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;

/** Hardly ever needed; loading node:crypto would cost each start 2 ms. */
const digest = (text: string): string =>
  process.getBuiltinModule('node:crypto').createHash('sha256').update(text).digest('hex').slice(0, 32);

/**
 * A legal and unique folder name for any text: every byte but letters, digits and `_-@:+=,~` is written as `%XX`. A name
 * that would be too long ends in `%~` and a hash of the whole, which no other name gives.
 */
export const cgroupName = (text: string): string => {
  let name = '';
  for (const byte of Buffer.from(text)) {
    const letter = String.fromCodePoint(byte);
    name += /[\w@:+=,~-]/.test(letter) ? letter : escapeByte(byte);
  }
  if (name === '') return '%';
  if (TAKEN.test(name)) return escapeByte(name.codePointAt(0) ?? 0) + name.slice(1);
  if (name.length <= LONGEST) return name;
  return `${name.slice(0, LONGEST - 34)}%~${digest(text)}`;
};
