import fc from "fast-check";
import { needsOf } from "../../../../../ops/lifeboat/preflight/needs";
import { fits, preflight, type RecoveryRegion } from "../../../../../ops/lifeboat/preflight/preflight";
import { QUOTAS, type QuotaName } from "../../../../../ops/lifeboat/preflight/quotas";
import { renderPreflight } from "../../../../../ops/lifeboat/preflight/report";
import { type Answer, judge, judgeOffers } from "../../../../../ops/lifeboat/preflight/verdict";
import type { Settings } from "../../../../../ops/lifeboat/settings";
import type { Standing } from "../../../../../recovery/catalogue/standing";

const settings: Settings = {
  project: "lifeboat",
  system: "acme",
  regions: { primary: "us-east-1", recovery: "eu-west-1" },
  secretsProviders: {},
  recoveryCluster: "existing",
  chroma: { cpu: "1", storage: "512Gi" },
};
const standing: Standing = {
  schema: "lifeboat/standing/1",
  system: "acme",
  recoveryRegion: "eu-west-1",
  buckets: { vault: "v", documentsReplica: "r", documentsVault: "d" },
  keyArn: "k",
  functions: { resolve: "acme-resolve", validate: "acme-validate", promote: "acme-promote" },
  stores: ["postgres", "chroma", "objects"],
  chroma: { port: 8000, clientCidr: "10.0.0.0/16" },
  postgres: {
    instance: "acme-postgres",
    database: "acme",
    username: "acme",
    port: 5432,
    instanceClass: "db.r7g.large",
    multiAz: true,
    backupRetentionDays: 30,
    subnetGroupName: "acme-postgres",
    parameterGroupName: "acme-postgres",
    vpcId: "vpc",
    functionsSecurityGroupId: "sg-f",
    clusterSecurityGroupId: "sg-c",
    backupWindow: "03:00-04:00",
  },
  topicArn: "t",
};
const roomy = (changes: Partial<RecoveryRegion> = {}): RecoveryRegion => ({
  standing: async () => standing,
  limit: async () => 1000,
  used: async () => 1,
  protectedDatabase: async () => ({ engineVersion: "15.10", allocatedGib: 200 }),
  subnets: async () => ({ count: 3, zones: ["eu-west-1a", "eu-west-1b", "eu-west-1c"] }),
  offers: async () => [{ zones: ["eu-west-1a", "eu-west-1b"], multiAz: true }],
  ...changes,
});
const byCode = (name: QuotaName) => (line: { readonly what: string }) => line.what.includes(QUOTAS[name].code);

test("a roomy region fits, with what a recovery needs and why", async () => {
  const report = await preflight(roomy(), settings);
  const needed = Object.fromEntries(report.lines.map(({ what, need }) => [what.replace(/.* /, "").replace(")", ""), need]));

  expect(fits(report)).toBe(true);
  expect(report.lines.map(({ verdict }) => verdict)).toEqual(Array(report.lines.length).fill("fits"));
  expect(needed).toMatchObject({
    "L-7B6409FD": "1",
    "L-7ADDB58A": "200",
    "L-5BC124EF": "1",
    "L-E79EC296": "2",
    "L-DF5E4CA3": "6",
    "L-B99A9384": "3",
    "L-DC2B2D3D": "1",
    "L-2F66C23C": "1",
    "L-1216C47A": "2",
    "L-7A658B76": "0.5",
  });
  expect(report.lines.some(byCode("clusters"))).toBe(false);
});

test("one quota that is full is one line that does not fit, and the whole does not", async () => {
  const report = await preflight(roomy({ used: async (quota) => (quota === "databases" ? 1000 : 1) }), settings);

  expect(fits(report)).toBe(false);
  expect(report.lines.filter(({ verdict }) => verdict === "short")).toEqual([
    expect.objectContaining({ what: "DB instances (rds L-7B6409FD)", detail: expect.stringMatching(/: 1 too few$/) }),
  ]);
  expect(renderPreflight(report)).toContain("DOES NOT FIT");
});

test("what cannot be read is unknown with its reason, in its own line alone", async () => {
  const refuse = async (): Promise<never> => {
    throw new Error("AccessDenied: no\nand more");
  };
  const report = await preflight(
    roomy({ used: async (quota) => (quota === "secrets" ? refuse() : 1), protectedDatabase: refuse }),
    settings,
  );
  const unknown = report.lines.filter(({ verdict }) => verdict === "unknown");

  expect(unknown.map(({ what, detail }) => `${what}: ${detail}`)).toEqual([
    "db.r7g.large for PostgreSQL of unknown version: AccessDenied: no",
    "Total storage for all DB instances (rds L-7ADDB58A): nothing says how much is needed",
    "Secrets in each Region (secretsmanager L-2F66C23C): use: AccessDenied: no",
  ]);
  expect(renderPreflight(report)).toMatch(/\d+ fit, 0 do not, 3 are unknown\./);
});

test("without anything that stands there is nothing to compare", async () => {
  await expect(preflight(roomy({ standing: () => Promise.reject(new Error("nothing stands")) }), settings)).rejects.toThrow(
    "nothing stands",
  );
});

test("a cluster on demand needs a cluster, its group and its interfaces; a system without a database none of one", () => {
  const { postgres: _, ...documentsOnly } = standing;
  const bare = needsOf({ standing: documentsOnly, settings, subnets: 2 });
  const made = needsOf({
    standing: documentsOnly,
    settings: { ...settings, recoveryCluster: "onDemand", chroma: { cpu: "2500m", storage: "1Ti" } },
    subnets: 2,
  });
  const amounts = (needs: typeof bare) => Object.fromEntries(needs.map(({ quota, amount }) => [quota, amount]));

  expect(amounts(bare)).toEqual({ securityGroups: 1, networkInterfaces: 3, functionConcurrency: 3, buckets: 1, vcpus: 2, volumesTib: 0.5 });
  expect(amounts(made)).toMatchObject({ securityGroups: 2, networkInterfaces: 7, vcpus: 4, volumesTib: 1, clusters: 1 });
});

test("a quantity that cannot be read is refused", () => {
  expect(() => needsOf({ standing, settings: { ...settings, chroma: { cpu: "many", storage: "1Gi" } } })).toThrow(
    /server\.cpu.*Received: many/,
  );
});

describe("a verdict", () => {
  test.each([
    [1, 39, 40, "fits"],
    [1, 40, 40, "short"],
    [2, 39, 40, "short"],
    [0, 40, 40, "fits"],
    [1, 41, 40, "short"],
  ])("%d more of %d used, of %d", (amount, used, limit, verdict) => {
    expect(judge({ quota: "databases", amount, why: "w" }, { value: used }, { value: limit }).verdict).toBe(verdict);
  });

  const number = fc.integer({ min: 0, max: 6 });
  const answer: fc.Arbitrary<Answer<number>> = fc.oneof(
    number.map((value) => ({ value })),
    fc.constant({ unknown: "why" }),
  );

  test("is `fits` only of three known numbers of which two fit into the third, and `short` only of what cannot", () => {
    fc.assert(
      fc.property(fc.option(number, { nil: undefined }), answer, answer, (amount, used, limit) => {
        const { verdict } = judge({ quota: "databases", amount, why: "w" }, used, limit);
        const known = amount !== undefined && "value" in used && "value" in limit;
        const tooMuch = amount !== undefined && "value" in limit && amount + ("value" in used ? used.value : 0) > limit.value;

        expect(verdict).toBe(tooMuch ? "short" : known ? "fits" : "unknown");
      }),
    );
  });
});

test("a service that is not there is named so, with what it answered", async () => {
  const limit = () => Promise.reject(Object.assign(new Error("UnknownError"), { name: "Unknown", $metadata: { httpStatusCode: 400 } }));
  const report = await preflight(roomy({ limit }), settings);

  expect(report.lines.find(byCode("secrets"))?.detail).toBe("limit: the service does not answer as AWS's does (HTTP 400)");
});

describe("an offer", () => {
  const wanted = {
    instanceClass: "db.r7g.large",
    engineVersion: { value: "15.10" },
    multiAz: true,
    zones: { value: ["eu-west-1a", "eu-west-1b"] },
  };

  test.each([
    ["in both zones", [{ zones: ["eu-west-1a", "eu-west-1b"], multiAz: true }], "fits", /offered in eu-west-1a, eu-west-1b/],
    [
      "one zone at a time",
      [
        { zones: ["eu-west-1a"], multiAz: true },
        { zones: ["eu-west-1b"], multiAz: true },
      ],
      "fits",
      /offered in/,
    ],
    ["in one of them", [{ zones: ["eu-west-1a", "eu-west-1c"], multiAz: true }], "short", /in eu-west-1a, eu-west-1c only/],
    ["without a standby", [{ zones: ["eu-west-1a", "eu-west-1b"], multiAz: false }], "short", /nowhere/],
    ["nowhere", [], "short", /nowhere in this region/],
  ])("%s", (_name, offers, verdict, detail) => {
    expect(judgeOffers(wanted, { value: offers })).toMatchObject({ verdict, detail: expect.stringMatching(detail) });
  });

  test("that cannot be asked for is unknown", () => {
    expect(judgeOffers({ ...wanted, zones: { unknown: "no group" } }, { value: [] })).toMatchObject({
      verdict: "unknown",
      detail: "no group",
    });
  });
});
