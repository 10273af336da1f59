import { EventRecord, shortName } from "../../../../local/stacks/events";

const URN = "urn:pulumi:prod::lifeboat::lifeboat:stores:Documents$aws:s3/bucket:Bucket::documents";
const step = (kind: string, op: string): object => ({ [kind]: { metadata: { op, urn: URN, type: "ignored" } } });

const record = () => {
  let second = 0;
  const said: string[] = [];
  const events = new EventRecord(
    () => {
      second += 1;
      return new Date(second * 1000);
    },
    (detail) => said.push(detail),
  );
  return {
    events,
    said,
    take: (...all: object[]): void => {
      for (const event of all) events.take(JSON.stringify({ sequence: 1, timestamp: 1, ...event }));
    },
  };
};

test("times each step from its start to its last end", () => {
  const { events, said, take } = record();

  take(step("resourcePreEvent", "create"), step("resOutputsEvent", "create"), step("resOutputsEvent", "create"));

  expect(events.steps).toEqual([{ urn: URN, op: "create", startedAt: new Date(1000), endedAt: new Date(3000), failed: false }]);
  expect(said).toEqual(["create aws:s3/bucket:Bucket documents"]);
});

test("marks the step that failed, and keeps quiet about what stays the same", () => {
  const { events, said, take } = record();

  take(step("resourcePreEvent", "same"), step("resOpFailedEvent", "same"));

  expect(events.steps).toMatchObject([{ op: "same", failed: true }]);
  expect(said).toEqual([]);
});

test("counts what the engine's summary says, the rest as none", () => {
  const { events, take } = record();
  const before = events.changes;

  take({ summaryEvent: { resourceChanges: { create: 2, replace: 1, read: 4 } } });

  expect(before).toBeUndefined();
  expect(events.changes).toEqual({ same: 0, create: 2, update: 0, delete: 0, replace: 1 });
});

test("keeps errors and warnings apart, without colors, with the resource that they belong to", () => {
  const { events, take } = record();

  take(
    { diagnosticEvent: { severity: "error", urn: URN, message: "<{%fg 1%}>access denied<{%reset%}>\n" } },
    { diagnosticEvent: { severity: "warning", message: "\u001b[33mold option\u001b[39m" } },
    { diagnosticEvent: { severity: "info", message: "hello" } },
    { policyEvent: { resourceUrn: URN, message: "no encryption", policyName: "encrypted", enforcementLevel: "mandatory" } },
    { policyEvent: { message: "no tags", policyName: "tagged", enforcementLevel: "advisory" } },
    { errorEvent: { error: "engine broke" } },
  );

  expect(events.errors).toEqual([
    "aws:s3/bucket:Bucket documents: access denied",
    "aws:s3/bucket:Bucket documents: encrypted: no encryption",
    "engine broke",
  ]);
  expect(events.warnings).toEqual(["old option", "tagged: no tags"]);
});

test.each([["not JSON"], ['{"summaryEvent": 3}']])("says that an event could not be read: %s", (json) => {
  const { events } = record();

  events.take(json);

  expect(events.unreadable).toMatch(/an event of the engine could not be read/);
});

test("shortens a URN to type and name, whatever the name holds", () => {
  expect(shortName("urn:pulumi:prod::lifeboat::pulumi:pulumi:Stack::lifeboat-prod")).toBe("pulumi:pulumi:Stack lifeboat-prod");
  expect(shortName("urn:pulumi:prod::lifeboat::a:b:C::name::with::colons")).toBe("a:b:C name::with::colons");
});
