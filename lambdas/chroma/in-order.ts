/**
 * Results of `work` in the items' order, with at most `inFlight` of them begun and not yet taken. A failure ends the
 * sequence; what was begun beside it is awaited, so that nothing goes on behind the caller's back.
 */
export async function* inOrder<Item, Result>(
  items: Iterable<Item> | AsyncIterable<Item>,
  inFlight: number,
  work: (item: Item) => Promise<Result>,
): AsyncGenerator<Result> {
  const begun: Promise<Result>[] = [];
  try {
    for await (const item of items) {
      const result = work(item);
      // Its failure is seen when its turn comes.
      result.catch(() => {});
      begun.push(result);
      if (begun.length >= inFlight) yield await take(begun);
    }
    while (begun.length > 0) yield await take(begun);
  } finally {
    await Promise.allSettled(begun);
  }
}

const take = async <Result>(begun: Promise<Result>[]): Promise<Result> => {
  const [first] = begun;
  if (first === undefined) throw new Error("nothing was begun");
  const result = await first;
  begun.shift();
  return result;
};
