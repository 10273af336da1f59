import fc from "fast-check";
import {
  addedStatements,
  compareStatements,
  missingStatements,
  type Statement,
  sameStatements,
  statementsOf,
} from "../../../../../ops/lifeboat/bootstrap/documents";

const list = (from: readonly string[]) => fc.uniqueArray(fc.constantFrom(...from), { minLength: 1, maxLength: 3 });
const statement = fc
  .record(
    {
      Effect: fc.constantFrom("Allow" as const, "Deny" as const),
      Action: list(["s3:*", "s3:GetObject", "s3:PutObject", "kms:Decrypt", "*"]),
      Resource: list(["*", "arn:aws:s3:::a", "arn:aws:s3:::a/*", "arn:aws:s3:::b/k"]),
      Sid: fc.constantFrom("One", "Two", "Three"),
      Condition: fc.constantFrom({ Bool: { "aws:SecureTransport": "false" } }, { StringEquals: { "aws:RequestedRegion": ["a", "b"] } }),
    },
    { requiredKeys: ["Effect", "Action", "Resource"] },
  )
  .map((made): Statement => made);
const statements = fc.array(statement, { maxLength: 5 });

/** The same as AWS may give it back: another order, and a single value without its list. */
const rewritten = ({ Action, Resource, ...rest }: Statement): Statement => {
  const turned = (value: unknown) => (Array.isArray(value) ? (value.length === 1 ? value[0] : [...value].reverse()) : value);
  return { Resource: turned(Resource), ...rest, Action: turned(Action) };
};

test("a document is the same in whatever order and form AWS gives it back", () => {
  fc.assert(
    fc.property(statements, (said) => {
      const back = [...said].reverse().map(rewritten);
      expect(sameStatements(said, back)).toBe(true);
      expect(missingStatements(back, said)).toEqual([]);
    }),
  );
});

test("what was added is said, what was found still is, and a second time nothing is missing", () => {
  fc.assert(
    fc.property(statements, statements, (found, wanted) => {
      const missing = missingStatements(found, wanted);
      const { Statement: after } = addedStatements(found, missing);

      expect(missingStatements(after, wanted)).toEqual([]);
      expect(missingStatements(after, found)).toEqual([]);
      const names = after.slice(0, found.length).flatMap(({ Sid }) => Sid ?? []);
      expect(names.filter((name) => missing.some(({ Sid }) => Sid === name))).toEqual([]);
    }),
  );
});

describe("a comparison", () => {
  test("of the same finds nothing, and taking an allowance away or adding a denial never widens", () => {
    fc.assert(
      fc.property(statements, statement, (said, extra) => {
        expect(compareStatements(said, said)).toEqual({ widens: [], narrows: [] });
        const [from, to] = extra.Effect === "Allow" ? [[...said, extra], said] : [said, [...said, extra]];
        expect(compareStatements(from, to)?.widens).toEqual([]);
      }),
    );
  });

  test("says what is given and what is taken, by what patterns cover", () => {
    const from = [{ Effect: "Allow" as const, Action: "s3:*", Resource: ["arn:aws:s3:::a", "arn:aws:s3:::a/*"] }];
    const to = [
      { Effect: "Allow" as const, Action: "S3:GetObject", Resource: "arn:aws:s3:::a/k" },
      { Effect: "Allow" as const, Action: "kms:Decrypt", Resource: "*" },
    ];

    expect(compareStatements(from, to)).toEqual({
      widens: ["kms:Decrypt on *"],
      narrows: ["s3:* on arn:aws:s3:::a", "s3:* on arn:aws:s3:::a/*"],
    });
  });

  test("counts a condition that goes, or another one, as a gift", () => {
    const bound = { Effect: "Allow" as const, Action: "s3:*", Resource: "*", Condition: { StringEquals: { "aws:RequestedRegion": "a" } } };
    const { Condition: _, ...free } = bound;

    expect(compareStatements([bound], [free])).toEqual({ widens: ["s3:* on *"], narrows: [] });
    expect(compareStatements([free], [bound])).toEqual({ widens: [], narrows: ["s3:* on *"] });
    expect(compareStatements([bound], [{ ...bound, Condition: { StringEquals: { "aws:RequestedRegion": "b" } } }])?.widens).toHaveLength(1);
  });

  test("counts a denial that goes as a gift", () => {
    const denial = { Effect: "Deny" as const, Action: "iam:*", Resource: "*" };
    expect(compareStatements([denial], [])?.widens).toEqual(["not iam:* on *"]);
  });

  test("does not guess about what is not written with Action and Resource", () => {
    expect(compareStatements([{ Effect: "Allow", NotAction: "iam:*", Resource: "*" }], [])).toBeUndefined();
  });
});

test("a single statement is a list of one", () => {
  expect(statementsOf('{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}')).toHaveLength(1);
});
