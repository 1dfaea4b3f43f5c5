// What should the operator know about this start? Each thing is said once in the journal and kept for `status`.

export interface Notices {
  add(text: string): void;
  readonly all: readonly string[];
}

export const createNotices = (say: (text: string) => void): Notices => {
  const all: string[] = [];
  return {
    all,
    add(text) {
      if (all.includes(text)) return;
      all.push(text);
      say(text);
    },
  };
};
