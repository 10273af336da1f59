/** Runs one piece of work after the other, in the order in which they came; a failure is its own caller's. */
export type Serial = <T>(work: () => Promise<T>) => Promise<T>;

export const createSerial = (): Serial => {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const next = last.then(work);
    last = next.catch(() => undefined);
    return next;
  };
};
