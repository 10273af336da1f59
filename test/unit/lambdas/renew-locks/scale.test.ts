import { renewPoints } from "../../../../lambdas/renew-locks/points";
import { manyPoints } from "../../../support/many-points";
import { memoryLog } from "../support/log";

const NOW = new Date("2026-11-24T22:00:00.000Z");
const RUNS = 11;

test("ten thousand points with nothing due cost a page for a thousand and a HEAD for each whose turn it is: none is read", async () => {
  const world = manyPoints({ points: 10_000, series: "configuration/repositories/shop", now: NOW });
  const tools = { vault: world.vault, catalogue: world.catalogue, log: memoryLog().log, now: () => NOW, goOnWithPoints: () => true };
  let examined = 0;

  for (let index = 0; index < RUNS; index += 1) {
    const begun = { rotation: { index, of: RUNS }, position: null, series: [], failed: 0, failures: [] };
    const before = { ...world.requests };
    const { position, done } = await renewPoints(tools, world.settings, begun);
    examined += done.series[0]?.examined ?? 0;

    expect(position).toBeNull();
    expect(done.failed).toBe(0);
    expect(world.requests.heads - before.heads).toBe(done.series[0]?.examined);
    // One page tells each series of the three stores apart.
    expect(world.requests.lists - before.lists).toBeLessThanOrEqual(10 + 5);
  }

  expect(examined).toBe(10_000);
  expect(world.requests.reads).toBe(0);
});
