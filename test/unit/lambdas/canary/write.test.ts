import { writeCanary } from "../../../../lambdas/canary/write";
import { Canary } from "../../../../recovery/canary";
import { CANARY_KEY } from "../../../../recovery/names";
import { MemoryObjects } from "../../../support/memory-objects";
import { clockAt } from "../support/clock";

it("writes the time under the reserved key", async () => {
  const clock = clockAt("2026-11-24T10:00:00.000Z");
  const documents = new MemoryObjects("documents", clock.now);

  const response = await writeCanary(documents, "acme", clock.now());

  expect(response).toEqual({ key: CANARY_KEY, writtenAt: "2026-11-24T10:00:00.000Z" });
  expect(Canary.parse(JSON.parse(documents.text(CANARY_KEY) ?? ""))).toEqual({
    schema: "lifeboat/canary/1",
    system: "acme",
    writtenAt: "2026-11-24T10:00:00.000Z",
  });
});
