import { CoverageEvent } from "../../../../lambdas/coverage/events";
import { backupsOf, replicatedBackup } from "../support/automated-backups";
import { SYSTEM } from "../support/chroma-point";
import { PRIMARY, prepare, RECOVERY, resource, SETTINGS, secretOf, uncovered } from "./system";

describe("what a run cannot see", () => {
  it("is said, unattended: newer collections, other tenants, repositories that nobody configured", async () => {
    const { check, protect } = prepare();
    await protect();

    const { notLookedAt } = await check();

    expect(notLookedAt.map((text) => text.split(":")[0])).toEqual([
      "collections that were made since the newest export",
      "collections of other tenants than default_tenant",
      "repositories other than the 1 of configuration.git.repositories",
      "databases, volumes and secrets of other regions than us-east-1, eu-west-1, and of other accounts",
      "other kinds of store",
    ]);
  });

  it("is less where a person lists the collections and a forge its repositories", async () => {
    const { check } = prepare();

    const { notLookedAt } = await check({}, { publish: false, collections: { found: [] }, repositories: { found: [] } });

    expect(notLookedAt.join()).not.toMatch(/newest export|no forge/);
  });
});

describe("repositories of a forge", () => {
  it("that nobody configured are uncovered, by their names there", async () => {
    const { check, protect } = prepare();
    await protect();

    const coverage = await check({}, { publish: false, repositories: { found: ["acme/billing"] } });

    expect(uncovered(coverage)).toEqual([["repository", "acme/billing", "nothing protects it"]]);
    expect(coverage.lines.filter(({ kind }) => kind === "repository").map(({ name }) => name)).toEqual(["acme/billing", "shop"]);
  });

  it("that could not be listed are unknown, beside those that are configured", async () => {
    const { check, protect } = prepare();
    await protect();

    const coverage = await check({}, { publish: false, repositories: { problem: "401 Unauthorized" } });

    expect(uncovered(coverage)).toEqual([["repository", "*", "they could not be listed: 401 Unauthorized"]]);
  });
});

describe("coverage", () => {
  it("of a system that protects all that it has is whole, and says so to the alarm", async () => {
    const { check, protect, published } = prepare();
    await protect();

    const coverage = await check();

    expect(uncovered(coverage)).toEqual([]);
    expect(published).toEqual([expect.objectContaining({ name: "Uncovered", value: 0, system: SYSTEM })]);
    expect(Object.fromEntries(coverage.lines.map(({ name, region, verdict }) => [`${name} ${region}`, verdict]))).toEqual({
      "acme-postgres us-east-1": "protected",
      "acme-postgres-replica eu-west-1": "own",
      "acme-documents us-east-1": "protected",
      "acme-vault us-east-1": "own",
      "acme-staging us-east-1": "own",
      "acme-state us-east-1": "protected",
      "vol-1 us-east-1": "protected",
      "default_tenant/default_database/chunks undefined": "protected",
      "shop undefined": "protected",
      "shop/api us-east-1": "protected",
      "lifeboat/acme/postgres us-east-1": "protected",
      "lifeboat/acme/postgres eu-west-1": "own",
      "lifeboat/acme/recoveries/drill-1/postgres eu-west-1": "own",
    });
  });

  it("names what a system without a single point has, with what is wrong with each protection", async () => {
    const { check, published } = prepare();

    const coverage = await check();

    expect(uncovered(coverage)).toEqual([
      ["bucket", "acme-documents", "replication to replica, but no canary is in replica"],
      ["bucket", "acme-state", "exports of Pulumi's state, but no point of configuration/pulumi-state/prod has been sealed"],
      ["volume", "vol-1", "its content's exports, but no point of chroma has been sealed"],
      ["collection", "*", "they could not be listed: exports, but no point of chroma has been sealed"],
      ["repository", "shop", "bundles, but no point of configuration/repositories/shop has been sealed"],
      ["secret", "shop/api", "nothing protects it"],
    ]);
    expect(published[0]?.value).toBe(6);
  });

  it("names what somebody made and nobody protects", async () => {
    const { check, tools, protect } = prepare();
    await protect();
    const { inventory } = tools();

    const coverage = await check({
      inventory: {
        ...inventory,
        databases: async (region) => [
          ...(await inventory.databases(region)),
          ...(region === PRIMARY ? [resource("database", "reports", region)] : []),
        ],
        secrets: async (region) => [...(await inventory.secrets(region)), ...(region === PRIMARY ? [secretOf("crm/token")] : [])],
      },
    });

    expect(uncovered(coverage)).toEqual([
      ["database", "reports", "nothing protects it"],
      ["secret", "crm/token", "nothing protects it"],
    ]);
  });

  it("counts a kind as unknown when one region of it may not be listed, and looks at the others all the same", async () => {
    const { check, tools, protect, published } = prepare();
    await protect();
    const denied = async (region: string) => (region === RECOVERY ? Promise.reject(new Error("AccessDenied")) : []);

    const coverage = await check({ inventory: { ...tools().inventory, volumes: denied } });

    expect(uncovered(coverage)).toEqual([["volume", "*", expect.stringContaining("eu-west-1 could not be asked. Received: AccessDenied")]]);
    expect(published[0]?.value).toBe(1);
  });

  it("takes a protection that cannot be looked at for none", async () => {
    const { check, tools, protect } = prepare();
    await protect();
    const evidence = { ...tools().evidence, automatedBackups: { find: async () => Promise.reject(new Error("Throttling")) } };

    expect(uncovered(await check({ evidence }))).toEqual([
      ["database", "acme-postgres", "automated backups, but that could not be looked at: Throttling"],
    ]);
  });

  it("says that backups whose replication has ended protect nothing new", async () => {
    const { check, tools, protect } = prepare();
    await protect();
    const evidence = {
      ...tools().evidence,
      automatedBackups: backupsOf(replicatedBackup("2026-11-24T10:00:10.000Z", { status: "retained" })),
    };

    expect(uncovered(await check({ evidence }))[0]?.[2]).toMatch(
      /^replicated automated backups, restorable to .+, but no backups are replicated now$/,
    );
  });

  it("compares collections where somebody who reaches the server lists them, without moving the alarm", async () => {
    const { check, protect, published } = prepare();
    await protect();

    const coverage = await check(
      {},
      { publish: false, collections: { found: ["default_tenant/default_database/chunks", "default_tenant/default_database/new"] } },
    );

    expect(uncovered(coverage)).toEqual([["collection", "default_tenant/default_database/new", "nothing protects it"]]);
    expect(published).toEqual([]);
    expect(uncovered(await check({}, { publish: false, collections: { problem: "not reached" } }))[0]?.[1]).toBe("*");
  });

  it("leaves out what the configuration leaves out, and warns of an exclusion that means nothing", async () => {
    const { check, tools, protect, lines } = prepare();
    await protect();
    const exclusions = [
      { kind: "bucket" as const, match: "logs-*", reason: "kept by the log service", owner: "ops" },
      { kind: "bucket" as const, match: "gone", reason: "was there", owner: "ops" },
    ];
    const { inventory } = tools();
    const buckets = async () => [...(await inventory.buckets()), resource("bucket", "logs-1", PRIMARY)];

    const coverage = await check({ inventory: { ...inventory, buckets } }, {}, { ...SETTINGS, exclusions });

    expect(uncovered(coverage)).toEqual([]);
    expect(lines.filter(({ level }) => level === "warn")).toEqual([
      expect.objectContaining({ message: "an exclusion means nothing that exists", fields: expect.objectContaining({ match: "gone" }) }),
    ]);
  });

  it("is asked by a schedule's event as well", () => {
    expect(CoverageEvent.parse({ version: "0", "detail-type": "Scheduled Event", detail: {} })).toEqual({ publish: true });
  });
});
