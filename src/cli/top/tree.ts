// Who started whom among the members of one process? Nested as they are, with the lines that show it.

/** What of a member decides its place. */
export interface Relative {
  readonly pid: number;
  /** Of the process that started it, or of whoever took it over. */
  readonly parent: number;
  /** Bytes. */
  readonly rss: number;
}

export interface Branch<M extends Relative> {
  /** `│ └ `: leads the eye from parent to child. */
  readonly lines: string;
  readonly member: M;
}

const byMemory = (a: Relative, b: Relative): number => b.rss - a.rss;

/** Every member once: parents before their children, of one parent the largest first. */
export const treeOf = <M extends Relative>(members: readonly M[]): readonly Branch<M>[] => {
  const pids = new Set(members.map(({ pid }) => pid));
  const left = new Set(members.toSorted(byMemory));
  const branches: Branch<M>[] = [];
  const grow = (siblings: readonly M[], before: string): void => {
    for (const [index, member] of siblings.entries()) {
      const isLast = index === siblings.length - 1;
      if (!left.delete(member)) continue;
      branches.push({ lines: `${before}${isLast ? '└ ' : '├ '}`, member });
      const children = [...left].filter(({ parent }) => parent === member.pid);
      grow(children, `${before}${isLast ? '  ' : '│ '}`);
    }
  };
  grow(
    [...left].filter(({ parent }) => !pids.has(parent)),
    '',
  );
  // Read one after the other while parents change: a circle has no beginning.
  grow([...left], '');
  return branches;
};
