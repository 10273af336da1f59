import { entryPoint, reasonOf } from "../../../../lambdas/shared/log";
import { LifeboatError } from "../../../../recovery/errors";
import { clockAt } from "../support/clock";
import { memoryLog } from "../support/log";

const CONTEXT = { awsRequestId: "r-1", getRemainingTimeInMillis: () => 1000 };

describe("an entry point", () => {
  it("logs a line in and a line out with duration and outcome", async () => {
    const clock = clockAt("2026-11-24T10:00:00.000Z");
    const { log, lines } = memoryLog();
    const handler = entryPoint(
      "seal",
      async (event, { remainingMs }) => {
        clock.passSeconds(2);
        return [event, remainingMs()];
      },
      { log, now: clock.now },
    );

    expect(await handler("event", CONTEXT)).toEqual(["event", 1000]);
    expect(lines).toEqual([
      { level: "info", message: "called", fields: { requestId: "r-1" } },
      { level: "info", message: "finished", fields: { requestId: "r-1", durationMs: 2000, outcome: "succeeded" } },
    ]);
  });

  it("logs the code of what failed and lets Lambda see it", async () => {
    const { log, lines } = memoryLog();
    const failure = new LifeboatError({ code: "digest-mismatch", what: "a part differs", hint: "look" });
    const handler = entryPoint("seal", () => Promise.reject(failure), { log, now: () => new Date(0) });

    await expect(handler({}, CONTEXT)).rejects.toBe(failure);
    expect(lines.at(-1)).toMatchObject({ level: "error", fields: { outcome: "failed", code: "digest-mismatch", reason: failure.message } });
  });
});

it("a refused call is logged with its status, because a HEAD's refusal says nothing else", () => {
  expect(reasonOf(Object.assign(new Error("UnknownError"), { $metadata: { httpStatusCode: 403 } }))).toBe("UnknownError (HTTP 403)");
  expect(reasonOf(new Error("plain"))).toBe("plain");
  expect(reasonOf("text")).toBe("text");
});
