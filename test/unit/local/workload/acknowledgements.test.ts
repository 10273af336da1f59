import { setImmediate } from "node:timers/promises";
import { Acknowledgements } from "../../../../local/workload/acknowledgements";
import { LEDGER_STORES } from "../../../../recovery/evidence/ledger";

const at = (second: number): Date => new Date(Date.UTC(2026, 0, 1, 0, 0, second));
const answer = (attempted: number, acknowledged = attempted + 1) => ({
  attemptedAt: at(attempted),
  acknowledgedAt: at(acknowledged),
  region: "eu-west-1",
});

describe("Acknowledgements", () => {
  test("wait until every store answered a write that was sent since", async () => {
    const acknowledgements = new Acknowledgements();
    const first = acknowledgements.firstAfter(at(10));
    acknowledgements.add("objects", answer(9, 11));
    acknowledgements.add("chroma", answer(12));
    acknowledgements.add("objects", answer(13));
    acknowledgements.add("objects", answer(14));
    let isOver = false;
    void first.then(() => {
      isOver = true;
    });
    await setImmediate();
    expect(isOver).toBe(false);
    acknowledgements.add("postgres", answer(15));
    await expect(first).resolves.toEqual({ postgres: answer(15), chroma: answer(12), objects: answer(13) });
  });

  test("know what came before they were asked", async () => {
    const acknowledgements = new Acknowledgements();
    for (const store of LEDGER_STORES) acknowledgements.add(store, answer(13));
    await expect(acknowledgements.firstAfter(at(10))).resolves.toEqual({ postgres: answer(13), chroma: answer(13), objects: answer(13) });
  });

  test("give up when no more will come, also when asked later", async () => {
    const acknowledgements = new Acknowledgements();
    const waiting = acknowledgements.firstAfter(at(10));
    acknowledgements.end(new Error("stopped"));
    await expect(waiting).rejects.toThrow("stopped");
    await expect(acknowledgements.firstAfter(at(10))).rejects.toThrow("stopped");
  });

  test("after their end still know what was answered", async () => {
    const acknowledgements = new Acknowledgements();
    for (const store of LEDGER_STORES) acknowledgements.add(store, answer(13));
    acknowledgements.end(new Error("stopped"));
    await expect(acknowledgements.firstAfter(at(10))).resolves.toBeDefined();
  });
});
