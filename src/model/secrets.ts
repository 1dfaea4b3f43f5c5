// What is not to be written down: which variables of an environment, and what of an address?

const NAMED =
  /PASS(?:WORD|WD|PHRASE)?(?:_|$)|PWD$|SECRET|TOKEN|CREDENTIAL|PRIVATE|API_?KEY|ACCESS_?KEY|_KEY$|^KEY$|_DSN$|AUTH$/i;

/** A folder or a file is where a secret lies, not what it is. */
const ELSEWHERE = /(?:_FILE|_PATH|_DIR)$/i;

/** `scheme://user:password@host`. */
const WITH_PASSWORD = /:\/\/[^/\s:@]*:[^/\s@]+@/;

/** By its name, or by a password in its address. When in doubt, yes. */
export const isSecret = (name: string, value: string): boolean =>
  value !== '' &&
  name !== 'PWD' &&
  name !== 'OLDPWD' &&
  ((NAMED.test(name) && !ELSEWHERE.test(name)) || WITH_PASSWORD.test(value));

/** Who it is asked as, with a password or a token. */
const USER = /:\/\/[^/?#\s]*@/;

/** An address for eyes and logs. */
export const shownAddress = (url: string): string => url.replace(USER, '://(hidden)@');

const GIVEN = /^--?[\w-]*(?:password|passwd|secret|token|api-?key)=./i;

/** What looks like a password among the words of a command; those are written as they are. */
export const looksSecret = (words: readonly string[]): boolean =>
  words.some((one) => GIVEN.test(one) || WITH_PASSWORD.test(one));
