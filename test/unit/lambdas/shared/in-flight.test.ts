import { setImmediate as turn } from "node:timers/promises";
import { eachInFlight } from "../../../../lambdas/shared/in-flight";

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);

describe("work in flight", () => {
  it("is done for every item, never more than the limit at a time", async () => {
    let running = 0;
    let most = 0;
    const done: number[] = [];

    await eachInFlight(numbers(20), 3, async (item) => {
      most = Math.max(most, ++running);
      await turn();
      running -= 1;
      done.push(item);
    });

    expect(done.sort((a, b) => a - b)).toEqual(numbers(20));
    expect(most).toBe(3);
  });

  it("stops at a failure of the work, and throws it when nothing is under way", async () => {
    let running = 0;
    let started = 0;
    const working = eachInFlight(numbers(100), 4, async (item) => {
      running += 1;
      started += 1;
      await turn();
      running -= 1;
      if (item === 5) throw new Error("item 5");
    });

    await expect(working).rejects.toThrow("item 5");
    expect(running).toBe(0);
    expect(started).toBeLessThan(15);
  });

  it("waits for what is under way when the items themselves fail", async () => {
    let running = 0;
    const items = (async function* () {
      yield 1;
      yield 2;
      throw new Error("no more items");
    })();

    await expect(
      eachInFlight(items, 4, async () => {
        running += 1;
        await turn();
        await turn();
        running -= 1;
      }),
    ).rejects.toThrow("no more items");
    expect(running).toBe(0);
  });
});
