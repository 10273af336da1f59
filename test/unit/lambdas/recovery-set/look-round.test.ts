import { type Looks, lookRound } from "../../../../lambdas/recovery-set/look-round";
import { memoryLog } from "../support/log";

const SET = { key: "catalogue/sets/1.json", setId: "set-1", skewSeconds: 5, missing: [] };
const FORGERY = { key: "catalogue/sets/0.json", versionId: "v1", writtenAt: "2026-11-24T10:00:00.000Z", problem: "it has no code" };

const prepare = (changes: Partial<Looks> = {}) => {
  const done: string[] = [];
  const { log, messages } = memoryLog();
  const looks: Looks = {
    writeSet: async () => {
      done.push("set");
      return SET;
    },
    lookForForgeries: async () => {
      done.push("forgeries");
      return [FORGERY];
    },
    lookForDamage: async () => {
      done.push("damage");
      return [{ store: "objects", evidence: "half of them were deleted" }];
    },
    ...changes,
  };
  return { done, messages, run: () => lookRound(log, looks) };
};

it("answers with the set, the keys of forgeries and what looks damaged", async () => {
  const { run } = prepare();

  expect(await run()).toEqual({ ...SET, forged: [FORGERY.key], damage: ["objects: half of them were deleted"] });
});

it.each(["writeSet", "lookForForgeries", "lookForDamage"] as const)(
  "does the rest when %s fails, and fails at the end",
  async (failing) => {
    const { done, messages, run } = prepare({ [failing]: async () => Promise.reject(new Error("503 SlowDown")) });

    await expect(run()).rejects.toThrow("503 SlowDown");
    expect(done).toHaveLength(2);
    expect(messages("error")).toHaveLength(1);
  },
);
