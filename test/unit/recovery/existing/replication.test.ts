import fc from "fast-check";
import {
  type AnyRule,
  isOwn,
  mergeReplication,
  type Replication,
  removeOwn,
  sameReplication,
  type Wanted,
} from "../../../../recovery/existing/replication";

const ROLE = "arn:aws:iam::123456789012:role/acme-replicate-documents";
const THEIRS = "arn:aws:iam::123456789012:role/company";
const wantedRule = (id: string, destinationBucket: string) => ({
  ...{ id, destinationBucket, prefix: "", destinationKeyArn: "arn:key", deleteMarkers: id === "live-ready" },
});
const WANTED: Wanted = {
  system: "acme",
  bucket: "company-documents",
  role: ROLE,
  ownsRole: true,
  rules: [wantedRule("live-ready", "acme-replica"), wantedRule("locked", "acme-vault")],
};

interface Rule extends AnyRule {
  readonly Status: string;
  readonly Extra?: unknown;
}

const foreign = (ID: string | undefined, changes: Partial<Rule> = {}): Rule => ({
  ...{ ID, Priority: 1, Status: "Enabled", Filter: { Prefix: "" }, Destination: { Bucket: "arn:aws:s3:::offsite" }, ...changes },
});

/** Rules of anybody: of other systems with names alike, without ids, with settings that nobody looks at. */
const foreignRules: fc.Arbitrary<readonly Rule[]> = fc.array(
  fc.record(
    {
      ID: fc.oneof(fc.constantFrom("lifeboat-acme-two.live-ready", "lifeboat-other.locked", "offsite", ""), fc.string({ maxLength: 20 })),
      Priority: fc.integer({ min: 0, max: 6 }),
      Status: fc.constantFrom("Enabled", "Disabled"),
      Filter: fc.record({ Prefix: fc.string() }),
      Destination: fc.record({ Bucket: fc.constantFrom("arn:aws:s3:::offsite", "arn:aws:s3:::archive"), Account: fc.string() }),
      Extra: fc.jsonValue(),
    },
    { requiredKeys: ["Status", "Filter", "Destination"] },
  ),
  { minLength: 1, maxLength: 8 },
);

const configurations: fc.Arbitrary<Replication<Rule> | undefined> = fc.option(
  foreignRules.map((rules) => ({ role: THEIRS, rules })),
  { nil: undefined },
);

/** Who replicates already keeps its role. */
const wantedFor = (existing: Replication<Rule> | undefined): Wanted =>
  existing === undefined ? WANTED : { ...WANTED, role: existing.role, ownsRole: false };

const merge = (existing: Replication<Rule> | undefined, wanted = wantedFor(existing)) => {
  const { merged, refusals } = mergeReplication<AnyRule>(existing, wanted);
  if (merged === undefined) throw new Error(JSON.stringify(refusals));
  return merged;
};

describe("whatever rules a bucket has", () => {
  it("keeps each of them, byte for byte and in its place", () => {
    fc.assert(
      fc.property(configurations, (existing) => {
        const before = existing?.rules.map((rule) => JSON.stringify(rule)) ?? [];

        const { rules } = merge(existing);

        expect(rules.slice(0, before.length).map((rule) => JSON.stringify(rule))).toEqual(before);
        expect(rules.slice(before.length).map(({ ID }) => ID)).toEqual(["lifeboat-acme.live-ready", "lifeboat-acme.locked"]);
      }),
    );
  });

  it("gives its own rules priorities that nobody has, the same ones each time", () => {
    fc.assert(
      fc.property(configurations, (existing) => {
        const once = merge(existing);
        const twice = mergeReplication(once, wantedFor(existing)).merged;

        const own = once.rules.filter((rule) => isOwn("acme", rule)).map(({ Priority }) => Priority);
        const theirs = existing?.rules.map(({ Priority }) => Priority) ?? [];
        expect(new Set([...own, ...theirs]).size).toBe(new Set(theirs).size + own.length);
        expect(twice).toEqual(once);
        expect(sameReplication(twice, once)).toBe(true);
      }),
    );
  });

  it("gives back what was there when its own rules are taken away", () => {
    fc.assert(
      fc.property(configurations, (existing) => {
        expect(removeOwn(merge(existing), wantedFor(existing))).toEqual({ left: existing });
      }),
    );
  });
});

describe("is refused, with the reason and the next step", () => {
  const refused = (existing: Replication<Rule>, wanted: Wanted = wantedFor(existing)) => {
    const { refusals = [] } = mergeReplication(existing, wanted);
    return refusals.map(({ reason, hint }) => `${reason} | ${hint}`);
  };

  it("another role, because S3 has one for all rules", () => {
    expect(refused({ role: THEIRS, rules: [foreign("offsite")] }, WANTED)).toEqual([
      expect.stringContaining(`replicationRoleArn to ${THEIRS}`),
    ]);
  });

  it("not the role under which only its own rules are left", () => {
    const { merged } = mergeReplication({ role: "arn:aws:iam::1:role/old", rules: merge(undefined).rules }, WANTED);

    expect(merged).toEqual(merge(undefined));
  });

  it("rules of the first version", () => {
    expect(refused({ role: THEIRS, rules: [foreign("old", { Filter: undefined })] })).toEqual([
      expect.stringMatching(/^old: rules of the first version/),
    ]);
  });

  it("a rule to a bucket of its own, and a bucket into itself", () => {
    const rival = foreign("rival", { Destination: { Bucket: "arn:aws:s3:::acme-vault" } });

    expect(refused({ role: THEIRS, rules: [rival] })).toEqual([expect.stringContaining("rule rival replicates into acme-vault already")]);
    expect(mergeReplication(undefined, { ...WANTED, bucket: "acme-vault" }).refusals).toHaveLength(1);
  });

  it("more rules than S3 takes, and takes as many as it does", () => {
    const rules = (count: number) => Array.from({ length: count }, (_, index) => foreign(`rule-${index}`, { Priority: index }));

    expect(refused({ role: THEIRS, rules: rules(999) })).toEqual([expect.stringContaining("1000")]);
    expect(refused({ role: THEIRS, rules: rules(998) })).toEqual([]);
  });

  it("all of it at once", () => {
    const rival = foreign("rival", { Filter: undefined, Destination: { Bucket: "arn:aws:s3:::acme-vault" } });

    expect(refused({ role: THEIRS, rules: [rival] }, WANTED)).toHaveLength(3);
  });

  it("its end, while somebody else's rules live under its role", () => {
    const merged = merge(undefined);
    const joined = { ...merged, rules: [...merged.rules, foreign("late")] };

    expect(removeOwn(joined, WANTED).refusals).toEqual([
      expect.objectContaining({ reason: expect.stringContaining("late of company-documents") }),
    ]);
    expect(removeOwn({ ...joined, role: THEIRS }, WANTED)).toEqual({ left: { role: THEIRS, rules: [foreign("late")] } });
  });
});

it("tells rules that differ, and not those that are in another order", () => {
  const rules = [foreign("a"), foreign("b", { Extra: { y: 1, x: undefined } })];

  expect(sameReplication({ role: ROLE, rules }, { role: ROLE, rules: [foreign("b", { Extra: { y: 1 } }), foreign("a")] })).toBe(true);
  expect(sameReplication({ role: ROLE, rules }, { role: ROLE, rules: [foreign("a")] })).toBe(false);
  expect(sameReplication({ role: ROLE, rules }, { role: THEIRS, rules })).toBe(false);
  expect(sameReplication(undefined, { role: ROLE, rules })).toBe(false);
});
