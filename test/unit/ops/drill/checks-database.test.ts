import { constraintsCheck, primaryCheck, sequencesCheck } from "../../../../ops/drill/checks-database";
import { databaseAfter, transaction } from "./databases";

const database = databaseAfter(transaction(1, 1, "a"));

describe("a recovered database by itself", () => {
  test("that is whole passes each check", () => {
    for (const check of [sequencesCheck, constraintsCheck, primaryCheck]) expect(check(database)).toMatchObject({ passed: true });
  });

  test.each([
    [1n, false],
    [5n, false],
    [6n, true],
  ])("a sequence whose next value is %s, with rows up to 5", (next, passed) => {
    const check = sequencesCheck({ ...database, sequences: [{ column: "chunks.id", next, highest: 5n }] });
    expect(check).toMatchObject({ passed, actual: expect.stringContaining("chunks.id") });
  });

  test("a sequence of an empty table gives any value", () => {
    expect(sequencesCheck({ ...database, sequences: [{ column: "chunks.id", next: 1n }] })).toMatchObject({ passed: true });
  });

  test("without a sequence nothing is shown", () => {
    expect(sequencesCheck({ ...database, sequences: [] })).toMatchObject({ passed: false });
  });

  test.each([
    ["the catalog names", { constraints: { constraints: 25, faults: ["index documents_key_key is not valid"] } }],
    ["a row breaks", { faults: ['documents has key "a" twice'] }],
    ["is not there", { constraints: { constraints: 0, faults: [] } }],
  ])("a constraint that %s fails", (_, change) => {
    expect(constraintsCheck({ ...database, ...change })).toMatchObject({ passed: false });
  });

  test("a server that still replays fails", () => {
    expect(primaryCheck({ ...database, inRecovery: true })).toMatchObject({ passed: false, actual: "PostgreSQL 15.18, still in recovery" });
  });
});
