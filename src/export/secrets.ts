// Which variables of an environment are not to be written down?

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
