// How is something waited for that another part of the command announces?

export interface Latch {
  readonly opened: Promise<void>;
  readonly open: () => void;
}

const nothing = (): void => undefined;

export const createLatch = (): Latch => {
  let open = nothing;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
};
