// How is an amount of memory told in a sentence?

const MB = 1024 * 1024;

/** Bytes to `48 MB`. */
export const megabytes = (bytes: number): string => `${Math.round(bytes / MB)} MB`;
