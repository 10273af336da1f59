/** Pages between two looks: a collection of garbage takes some milliseconds. */
const PAGES_A_LOOK = 20;

/** The most that was alive when a page was handed over, after a collection of garbage, so that what could go does not count. Needs `--expose-gc`. */
export const memoryWatch = () => {
  let peak = 0;
  let pages = 0;
  const look = (): void => {
    globalThis.gc?.();
    const { heapUsed, external } = process.memoryUsage();
    peak = Math.max(peak, heapUsed + external);
  };
  return {
    peak: () => peak,
    look,
    async *watched<T>(items: AsyncIterable<T>): AsyncIterable<T> {
      for await (const item of items) {
        pages += 1;
        if (pages % PAGES_A_LOOK === 1) look();
        yield item;
      }
    },
  };
};
