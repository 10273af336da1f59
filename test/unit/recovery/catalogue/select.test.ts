import fc from "fast-check";
import { pointKey, proofKeyOf } from "../../../../recovery/catalogue/keys";
import type { Proof, RecoveryPoint } from "../../../../recovery/catalogue/point";
import { type CatalogueReader, selectPoint } from "../../../../recovery/catalogue/select";
import { sha256Hex } from "../../../../recovery/checksum";

const SHA = "a".repeat(64);
const iso = (minute: number): string => new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString();

const pointAt = (minute: number, changes: Partial<RecoveryPoint> = {}): RecoveryPoint => ({
  schema: "lifeboat/recovery-point/1",
  system: "shop",
  store: "chroma",
  pointId: `chroma-${minute}`,
  asOf: iso(minute),
  window: { startedAt: iso(minute), finishedAt: iso(minute + 1) },
  manifest: { key: "m", versionId: "1", sizeBytes: 1, sha256: SHA },
  parts: [],
  counts: { atSource: 1, written: 1 },
  software: {},
  lock: { mode: "GOVERNANCE", until: iso(100_000) },
  sealedAt: iso(minute + 2),
  ...changes,
});

const proofOf = (point: RecoveryPoint, changes: Partial<Proof> = {}): Proof => ({
  schema: "lifeboat/proof/1",
  system: "shop",
  store: "chroma",
  pointId: point.pointId,
  entrySha256: sha256Hex(JSON.stringify(point)),
  verifiedAt: iso(0),
  passed: true,
  checks: [],
  ...changes,
});

class Vault implements CatalogueReader {
  readonly objects = new Map<string, string>();
  readonly readKeys: string[] = [];

  put(point: RecoveryPoint, proof: Proof | undefined, key = pointKey("chroma", point.asOf, point.pointId)): this {
    this.objects.set(key, JSON.stringify(point));
    if (proof !== undefined) this.objects.set(proofKeyOf(key), JSON.stringify(proof));
    return this;
  }

  async *keys(prefix: string): AsyncIterable<string> {
    yield* [...this.objects.keys()].filter((key) => key.startsWith(prefix)).sort();
  }

  async read(key: string): Promise<string | undefined> {
    this.readKeys.push(key);
    return this.objects.get(key);
  }
}

const chosenOf = async (vault: Vault, notAfter?: Date) => (await selectPoint(vault, "shop", "chroma", notAfter)).chosen?.point.pointId;

describe("selectPoint", () => {
  test("takes the newest proven point at or before the time asked for, whatever else is there", async () => {
    const vaults = fc.uniqueArray(
      fc.record({ minute: fc.integer({ min: 0, max: 50 }), state: fc.constantFrom("proven", "unproven", "failed") }),
      {
        selector: ({ minute }) => minute,
        maxLength: 12,
      },
    );
    await fc.assert(
      fc.asyncProperty(vaults, fc.option(fc.integer({ min: 0, max: 60 }), { nil: undefined }), async (points, limit) => {
        const vault = new Vault();
        for (const { minute, state } of points) {
          const point = pointAt(minute);
          vault.put(point, state === "unproven" ? undefined : proofOf(point, { passed: state === "proven" }));
        }
        const usable = points.filter(({ minute, state }) => state === "proven" && (limit === undefined || minute + 1 <= limit));
        const newest = usable.reduce<number | undefined>((best, { minute }) => Math.max(best ?? minute, minute), undefined);

        const chosen = await chosenOf(vault, limit === undefined ? undefined : new Date(iso(limit)));

        expect(chosen).toBe(newest === undefined ? undefined : `chroma-${newest}`);
      }),
    );
  });

  test.each<[string, (vault: Vault) => void, RegExp]>([
    ["is not yet read back", (vault) => vault.put(pointAt(5), undefined), /not been read back/],
    ["did not read back", (vault) => vault.put(pointAt(5), proofOf(pointAt(5), { passed: false, checks: [check("digest")] })), /digest/],
    ["was changed after its proof", (vault) => vault.put(pointAt(5), proofOf(pointAt(5, { software: { chroma: "0" } }))), /another entry/],
    ["has another's proof", (vault) => vault.put(pointAt(5), proofOf(pointAt(5), { pointId: "chroma-4" })), /another entry/],
    ["belongs to another system", (vault) => vault.put(pointAt(5, { system: "bank" }), proofOf(pointAt(5, { system: "bank" }))), /bank/],
    [
      "stands under a newer point's key",
      (vault) => vault.put(pointAt(5), proofOf(pointAt(5)), pointKey("chroma", iso(9), "chroma-9")),
      /key/,
    ],
    ["is no JSON", (vault) => vault.objects.set(pointKey("chroma", iso(5), "chroma-5"), "{"), /not a recovery point/],
  ])("passes over a point that %s, and says so", async (_, prepare, reason) => {
    const vault = new Vault().put(pointAt(1), proofOf(pointAt(1)));
    prepare(vault);

    const { chosen, passedOver } = await selectPoint(vault, "shop", "chroma");

    expect(chosen?.point.pointId).toBe("chroma-1");
    expect(passedOver.map((judged) => judged.reason)).toEqual([expect.stringMatching(reason)]);
  });

  test("finds a point behind more later ones than it may read", async () => {
    const vault = new Vault().put(pointAt(1), proofOf(pointAt(1)));
    for (let minute = 10; minute < 40; minute += 1) vault.put(pointAt(minute), proofOf(pointAt(minute)));

    const { chosen } = await selectPoint(vault, "shop", "chroma", new Date(iso(5)), 3);

    expect(chosen?.point.pointId).toBe("chroma-1");
    expect(vault.readKeys.length).toBeLessThanOrEqual(8);
  });

  test("gives up after its limit of entries", async () => {
    const vault = new Vault().put(pointAt(1), proofOf(pointAt(1)));
    for (let minute = 10; minute < 20; minute += 1) vault.put(pointAt(minute), undefined);

    const { chosen, passedOver } = await selectPoint(vault, "shop", "chroma", undefined, 4);

    expect(chosen).toBeUndefined();
    expect(passedOver).toHaveLength(4);
  });

  test("a vault that fails is an error, not an empty catalogue", async () => {
    const vault = new Vault().put(pointAt(1), proofOf(pointAt(1)));
    vault.read = () => Promise.reject(new Error("access denied"));

    await expect(selectPoint(vault, "shop", "chroma")).rejects.toThrow("access denied");
  });
});

const check = (name: string) => ({ name, expected: "a", actual: "b", passed: false });
