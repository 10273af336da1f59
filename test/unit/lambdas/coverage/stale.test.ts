import { prepare, uncovered } from "./system";

describe("a protection that stopped", () => {
  const YEAR_SECONDS = 365 * 86_400;

  it("a year ago protects nothing, whichever it was, and the alarm hears of it", async () => {
    const { clock, check, protect, published } = prepare();
    await protect();
    clock.passSeconds(YEAR_SECONDS);

    const coverage = await check();

    const old = (limit: string) => expect.stringMatching(new RegExp(`but stale: it is 365 d( 30 s| 20 s)? old, and may be ${limit}`));
    expect(uncovered(coverage)).toEqual([
      ["database", "acme-postgres", old("1 h 30 min \\(database\\)")],
      ["bucket", "acme-documents", old("2 h \\(documents\\)")],
      ["bucket", "acme-state", old("30 d 2 h \\(export\\)")],
      ["volume", "vol-1", old("1 d 1 h \\(the RPO of tier non-critical")],
      ["collection", "*", old("1 d 1 h")],
      ["repository", "shop", old("30 d 2 h")],
      ["secret", "shop/api", old("30 d 2 h")],
    ]);
    expect(published[0]).toMatchObject({ name: "Uncovered", value: 7 });
  });

  it("is told as soon as its own limit has passed, and not before", async () => {
    const { clock, check, protect } = prepare();
    await protect();
    clock.passSeconds(5380);
    expect(uncovered(await check())).toEqual([]);
    clock.passSeconds(1);

    expect(uncovered(await check()).map(([, name]) => name)).toEqual(["acme-postgres"]);
  });

  it("makes each collection uncovered that a person lists", async () => {
    const { clock, check, protect } = prepare();
    await protect();
    clock.passSeconds(90_001);

    const coverage = await check({}, { publish: false, collections: { found: ["default_tenant/default_database/chunks"] } });

    expect(coverage.lines.find(({ kind }) => kind === "collection")).toMatchObject({
      verdict: "unprotected",
      reason: expect.stringMatching(/^proven export chroma-.+ as of .+, but stale: it is 1 d 1 h old/),
    });
  });

  it("is not taken for a fresh one by a date that is ahead", async () => {
    const { clock, check, protect } = prepare();
    await protect();
    clock.passSeconds(-86_400);

    expect(uncovered(await check()).map(([kind, name]) => `${kind} ${name}`)).toEqual(
      expect.arrayContaining(["database acme-postgres", "bucket acme-documents", "volume vol-1"]),
    );
  });

  it("of configuration shows in what its exports say of themselves, however young the export of what did not change is", async () => {
    const { check, tools, protect } = prepare();
    await protect();
    const said = (seconds: number | undefined) => ({
      evidence: {
        ...tools().evidence,
        currency: async (subject: string, now: Date) =>
          subject !== "repositories/shop" ? now : seconds === undefined ? undefined : new Date(now.getTime() - seconds * 1000),
      },
    });

    expect(uncovered(await check(said(7200)))).toEqual([]);
    expect(uncovered(await check(said(7260)))[0]?.[2]).toMatch(
      /but stale: nobody has known it to be up to date since 2 h 1 min ago \(current\)$/,
    );
    expect(uncovered(await check(said(undefined)))).toEqual([
      ["repository", "shop", expect.stringMatching(/nobody has known it to be up to date within 2 h/)],
    ]);
  });

  it.each([
    [{ status: "Failed", message: "the key is disabled" }, "it is not in step: Failed, the key is disabled"],
    [{ status: "InProgress" }, "it is not in step: InProgress"],
    [undefined, "the secret does not know of it: it is not replicated any more"],
  ])("of a secret's replica shows in %j", async (replica, problem) => {
    const { check, tools, protect } = prepare();
    await protect();

    const coverage = await check({ evidence: { ...tools().evidence, replica: async () => replica } });

    expect(uncovered(coverage)).toEqual([["secret", "lifeboat/acme/postgres", `a replica in eu-west-1, but ${problem}`]]);
  });

  it("of one replica that cannot be looked at leaves the others' word", async () => {
    const { check, tools, protect } = prepare();
    await protect();
    const replica = async () => Promise.reject(new Error("AccessDenied"));

    expect(uncovered(await check({ evidence: { ...tools().evidence, replica } }))).toEqual([
      ["secret", "lifeboat/acme/postgres", "a replica in eu-west-1, but that could not be looked at: AccessDenied"],
    ]);
  });
});
