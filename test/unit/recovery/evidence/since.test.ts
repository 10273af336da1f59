import { inAnotherRegion, NEVER, sentFrom } from "../../../../recovery/evidence/since";
import { at, RECOVERY, write } from "./writes";

describe("what was written since", () => {
  test("of a recovery in another region: whatever was sent there, at any time", () => {
    const since = inAnotherRegion("us-east-1");

    expect([write(500), write(1, { region: RECOVERY })].map((entry) => since.includes(entry))).toEqual([false, true]);
    expect(since).toMatchObject({ event: "cut-over", place: "in the recovery region" });
  });

  test("of a recovery at the same endpoints: whatever was sent from a time on, answered or not", () => {
    const since = sentFrom(at(100));
    const unanswered = write(101, { acknowledgedAt: undefined });

    // The one before was answered after the time: it was under way at the disaster, and may be there or not.
    expect([write(99.9), write(100), unanswered].map((entry) => since.includes(entry))).toEqual([false, true, true]);
    expect(since).toMatchObject({ event: "the disaster", place: "at the same endpoints" });
  });

  test("of stores that nothing was taken from: nothing", () => {
    expect(NEVER.includes(write(1))).toBe(false);
  });
});
