import { exportOfKey } from "../../../../recovery/catalogue/kinds";
import { CONFIGURATION_EXPORT, ConfigurationManifest, configurationPartKey } from "../../../../recovery/configuration/manifest";

const POINT = "configuration-20261126T170000Z-1a2b";
const part = (number: number) => ({ key: configurationPartKey(POINT, "bundle", number), sizeBytes: 1, sha256: "a".repeat(64) });
const OID = "b".repeat(40);

const repository = (changes: Record<string, unknown> = {}, content: Record<string, unknown> = {}) => ({
  schema: "lifeboat/configuration-export/1",
  system: "acme",
  pointId: POINT,
  subject: "repositories/shop",
  window: { startedAt: "2026-11-26T17:00:00Z", finishedAt: "2026-11-26T17:00:09Z" },
  digest: "d",
  counts: { atSource: 1, written: 1 },
  software: { git: "2.49.1" },
  parts: [part(0)],
  content: {
    kind: "repository",
    url: "https://git.example/shop.git",
    refs: { "refs/heads/main": OID },
    head: {},
    objects: 3,
    lfs: false,
    ...content,
  },
  ...changes,
});
const factsOf = (manifest: unknown) => CONFIGURATION_EXPORT.facts(JSON.stringify(manifest));

describe("an export of configuration", () => {
  it("belongs to the series of its subject, and is as of the time before it was looked at", () => {
    expect(factsOf(repository())).toMatchObject({
      store: "configuration",
      series: "configuration/repositories/shop",
      asOf: "2026-11-26T17:00:00Z",
      contradictions: [],
    });
    expect(exportOfKey(part(0).key)).toEqual({ kind: CONFIGURATION_EXPORT, pointId: POINT });
    expect(exportOfKey("configuration-state/secrets.json")).toBeUndefined();
  });

  it.each([
    ["fewer refs than were counted", repository({ counts: { atSource: 2, written: 1 } })],
    ["a list that is shorter than its count", repository({ counts: { atSource: 2, written: 2 } })],
    ["refs without a part", repository({ parts: [] })],
    ["refs without an object", repository({}, { objects: 0 })],
    ["a file that is no part", repository({}, { kind: "files", bucket: "b", files: [{ key: "k", versionId: "1", part: "elsewhere" }] })],
  ])("contradicts itself by %s", (_what, manifest) => {
    expect(factsOf(manifest).contradictions).not.toEqual([]);
  });

  it.each(["", "Secrets", "../points", "repositories/a/b/c"])("is none of a subject %p", (subject) => {
    expect(ConfigurationManifest.safeParse(repository({ subject })).success).toBe(false);
  });
});
