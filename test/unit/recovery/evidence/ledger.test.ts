import fc from "fast-check";
import { LifeboatError } from "../../../../recovery/errors";
import { type LedgerLine, parseLedger, writeKey } from "../../../../recovery/evidence/ledger";
import { at } from "./writes";

const SHA = "0".repeat(64);
const attempt = (sequence: number, changes: object = {}): LedgerLine => ({
  line: "attempt",
  sequence,
  store: "objects",
  operation: "put",
  key: `key ${sequence}`,
  digest: SHA,
  attemptedAt: at(sequence).toISOString(),
  region: "us-east-1",
  load: false,
  ...changes,
});
const acknowledged = (sequence: number): LedgerLine => ({ line: "acknowledged", sequence, acknowledgedAt: at(sequence + 1).toISOString() });
const textOf = (...lines: readonly LedgerLine[]): string => lines.map((line) => `${JSON.stringify(line)}\n`).join("");

describe("parseLedger", () => {
  test("joins attempts with their answers, in the order of the attempts", () => {
    const { entries, torn } = parseLedger(textOf(attempt(0), attempt(1), acknowledged(1), attempt(2), acknowledged(0)));

    expect(torn).toBe(false);
    expect(entries.map(({ sequence, acknowledgedAt }) => [sequence, acknowledgedAt])).toEqual([
      [0, at(1).toISOString()],
      [1, at(2).toISOString()],
      [2, undefined],
    ]);
  });

  test("cut anywhere, it is a shorter ledger, never an error and never a wrong write", () => {
    const text = textOf(attempt(0), acknowledged(0), attempt(1, { key: "ключ" }), acknowledged(1), attempt(2), acknowledged(2));
    const whole = parseLedger(text).entries;
    fc.assert(
      fc.property(fc.nat(text.length), (length) => {
        const { entries, torn } = parseLedger(text.slice(0, length));
        expect(torn).toBe(length > 0 && text[length - 1] !== "\n");
        for (const [index, entry] of entries.entries())
          expect([whole[index], { ...whole[index], acknowledgedAt: undefined }]).toContainEqual(entry);
      }),
    );
  });

  test("an empty ledger has no writes", () => {
    expect(parseLedger("")).toEqual({ entries: [], torn: false });
  });

  test.each([
    ["a broken line in the middle", `${textOf(attempt(0))}{"line":"att\n${textOf(attempt(1))}`],
    ["an answer to nothing", textOf(acknowledged(3))],
    ["two answers", textOf(attempt(0), acknowledged(0), acknowledged(0))],
    ["a sequence used twice", textOf(attempt(0), attempt(0))],
    ["a put without digest", textOf(attempt(0, { digest: undefined }))],
    ["a delete with a digest", textOf(attempt(0, { operation: "delete" }))],
    ["a transaction without a number", textOf(attempt(0, { transaction: 0 }))],
    ["a field that the schema does not know", textOf(attempt(0, { note: "x" }))],
    ["a blank line", `${textOf(attempt(0))}\n`],
  ])("refuses %s, with the line's number", (_, text) => {
    expect(() => parseLedger(text)).toThrow(LifeboatError);
    expect(() => parseLedger(text)).toThrow(/Line \d/);
  });
});

test("writeKey tells stores, collections and keys apart", () => {
  const part = fc.string({ maxLength: 4 });
  fc.assert(
    fc.property(fc.tuple(part, part), fc.tuple(part, part), ([collection, key], [otherCollection, otherKey]) => {
      fc.pre(collection !== otherCollection || key !== otherKey);
      expect(writeKey({ store: "chroma", collection, key })).not.toBe(
        writeKey({ store: "chroma", collection: otherCollection, key: otherKey }),
      );
      expect(writeKey({ store: "objects", collection, key })).not.toBe(writeKey({ store: "chroma", collection, key }));
    }),
  );
});
