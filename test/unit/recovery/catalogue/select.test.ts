import fc from "fast-check";
import type { CatalogueReader, WrittenObject } from "../../../../recovery/catalogue/authentic";
import { type Signer, sign } from "../../../../recovery/catalogue/authenticity";
import { laterProofKey, pointKey, proofKeyOf } from "../../../../recovery/catalogue/keys";
import type { Proof, RecoveryPoint } from "../../../../recovery/catalogue/point";
import { judge, selectPoint } from "../../../../recovery/catalogue/select";
import { sha256Hex } from "../../../../recovery/checksum";
import { CATALOGUE_KEY, memoryKey } from "../../../support/authenticity";

const SHA = "a".repeat(64);
const iso = (minute: number): string => new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString();

const pointAt = (minute: number, changes: Partial<RecoveryPoint> = {}): RecoveryPoint => ({
  schema: "lifeboat/recovery-point/2",
  system: "shop",
  store: "chroma",
  series: "chroma",
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

/** A proof of the entry as it stands under its own key. */
const proofOf = async (point: RecoveryPoint, changes: Partial<Proof> = {}): Promise<Proof> => ({
  schema: "lifeboat/proof/2",
  system: "shop",
  store: "chroma",
  pointId: point.pointId,
  entrySha256: sha256Hex(await sign(CATALOGUE_KEY, keyOf(point), point)),
  verifiedAt: iso(0),
  passed: true,
  checks: [],
  ...changes,
});

const keyOf = ({ asOf, pointId }: RecoveryPoint): string => pointKey("chroma", asOf, pointId);

/** The catalogue in memory: the versions of each key, oldest first; undefined is a delete marker. */
class Vault implements CatalogueReader {
  readonly authenticator = CATALOGUE_KEY;
  readonly objects = new Map<string, (string | undefined)[]>();
  readonly readKeys: string[] = [];

  write(key: string, ...texts: (string | undefined)[]): void {
    this.objects.set(key, [...(this.objects.get(key) ?? []), ...texts]);
  }

  async put(point: RecoveryPoint, proof: Proof | undefined, key = keyOf(point), signer: Signer = CATALOGUE_KEY): Promise<this> {
    this.write(key, await sign(signer, key, point));
    if (proof !== undefined) this.write(proofKeyOf(key), await sign(CATALOGUE_KEY, proofKeyOf(key), proof));
    return this;
  }

  async *keys(prefix: string): AsyncIterable<string> {
    const written = [...this.objects].filter(([key, texts]) => key.startsWith(prefix) && texts.some((text) => text !== undefined));
    yield* written.map(([key]) => key).sort();
  }

  async read(key: string): Promise<string | undefined> {
    return this.objects.get(key)?.at(-1);
  }

  async *versions(prefix: string): AsyncIterable<WrittenObject> {
    for await (const key of this.keys(prefix))
      for (const text of this.objects.get(key) ?? [])
        if (text !== undefined) {
          this.readKeys.push(key);
          yield { key, text };
        }
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
          await vault.put(point, state === "unproven" ? undefined : await proofOf(point, { passed: state === "proven" }));
        }
        const usable = points.filter(({ minute, state }) => state === "proven" && (limit === undefined || minute + 1 <= limit));
        const newest = usable.reduce<number | undefined>((best, { minute }) => Math.max(best ?? minute, minute), undefined);

        const chosen = await chosenOf(vault, limit === undefined ? undefined : new Date(iso(limit)));

        expect(chosen).toBe(newest === undefined ? undefined : `chroma-${newest}`);
      }),
    );
  });

  test.each<[string, (vault: Vault) => Promise<unknown>, RegExp]>([
    ["is not yet read back", (vault) => vault.put(pointAt(5), undefined), /not been read back/],
    [
      "did not read back",
      async (vault) => vault.put(pointAt(5), await proofOf(pointAt(5), { passed: false, checks: [check("digest")] })),
      /digest/,
    ],
    [
      "was changed after its proof",
      async (vault) => vault.put(pointAt(5), await proofOf(pointAt(5, { software: { chroma: "0" } }))),
      /another entry/,
    ],
    ["has another's proof", async (vault) => vault.put(pointAt(5), await proofOf(pointAt(5), { pointId: "chroma-4" })), /another entry/],
    ["belongs to another system", (vault) => vault.put(pointAt(5, { system: "bank" }), undefined), /bank/],
    ["belongs to another series", (vault) => vault.put(pointAt(5, { series: "postgres" }), undefined), /postgres/],
    [
      "was signed for a newer point's key",
      (vault) => vault.put(pointAt(5), undefined, pointKey("chroma", iso(9), "chroma-9")),
      /not under its own key/,
    ],
    [
      "was put again under a newer point's key",
      async (vault) => vault.write(pointKey("chroma", iso(9), "chroma-1"), await sign(CATALOGUE_KEY, keyOf(pointAt(1)), pointAt(1))),
      /not authentic/,
    ],
    ["was signed by another key", (vault) => vault.put(pointAt(5), undefined, undefined, memoryKey("mine")), /not authentic/],
    [
      "was edited under its old code",
      async (vault) => vault.write(keyOf(pointAt(5)), (await sign(CATALOGUE_KEY, keyOf(pointAt(5)), pointAt(5))).replace("shop", "bank")),
      /not authentic/,
    ],
    ["has no code", async (vault) => vault.write(keyOf(pointAt(5)), JSON.stringify(pointAt(5))), /not authenticated/],
    ["is no JSON", async (vault) => vault.write(keyOf(pointAt(5)), "{"), /no JSON/],
    [
      "has a forged proof",
      async (vault) => {
        await vault.put(pointAt(5), undefined);
        const key = proofKeyOf(keyOf(pointAt(5)));
        vault.write(key, await sign(memoryKey("mine"), key, await proofOf(pointAt(5))));
      },
      /its proof cannot be used.*not authentic/,
    ],
    [
      "no longer reads back",
      async (vault) => {
        await vault.put(pointAt(5), await proofOf(pointAt(5)));
        await writeLater(vault, pointAt(5), { verifiedAt: iso(60), passed: false, checks: [check("parts")] });
      },
      /did not read back: parts/,
    ],
  ])("passes over a point that %s, and says so", async (_, prepare, reason) => {
    const vault = await new Vault().put(pointAt(1), await proofOf(pointAt(1)));
    await prepare(vault);

    const { chosen, passedOver } = await selectPoint(vault, "shop", "chroma");

    expect(chosen?.point.pointId).toBe("chroma-1");
    expect(passedOver.map((judged) => judged.reason)).toEqual([expect.stringMatching(reason)]);
  });

  test.each<[string, (vault: Vault) => Promise<unknown>]>([
    ["a later version of its entry", async (vault) => vault.write(keyOf(pointAt(5)), "{}")],
    ["a delete marker over its entry", async (vault) => vault.write(keyOf(pointAt(5)), undefined)],
    ["a delete marker over its proof", async (vault) => vault.write(proofKeyOf(keyOf(pointAt(5))), undefined)],
    ["a later version of its proof", async (vault) => vault.write(proofKeyOf(keyOf(pointAt(5))), "{}")],
    [
      "a forged failure beside its proof",
      async (vault) => vault.write(laterProofKey(keyOf(pointAt(5)), iso(60)), JSON.stringify({ signed: {}, mac: "AAAA" })),
    ],
    [
      "a failure that a later reading took back",
      async (vault) => {
        await writeLater(vault, pointAt(5), { verifiedAt: iso(60), passed: false });
        await writeLater(vault, pointAt(5), { verifiedAt: iso(70), passed: true });
      },
    ],
  ])("is not kept from a point by %s", async (_, prepare) => {
    const vault = await new Vault().put(pointAt(1), await proofOf(pointAt(1)));
    await vault.put(pointAt(5), await proofOf(pointAt(5)));
    await prepare(vault);

    expect(await chosenOf(vault)).toBe("chroma-5");
  });

  test("takes the entry and not a forgery that was put there before it, and names the forgery", async () => {
    const vault = new Vault();
    vault.write(keyOf(pointAt(5)), JSON.stringify({ signed: pointAt(5), mac: "AAAA" }));
    await vault.put(pointAt(5), await proofOf(pointAt(5)));

    const judged = await judge(vault, "shop", "chroma", keyOf(pointAt(5)));

    expect(judged).toMatchObject({ usable: true, reason: expect.stringContaining("not authentic") });
  });

  test("finds a point behind more later ones than it may read", async () => {
    const vault = await new Vault().put(pointAt(1), await proofOf(pointAt(1)));
    for (let minute = 10; minute < 40; minute += 1) await vault.put(pointAt(minute), await proofOf(pointAt(minute)));

    const { chosen } = await selectPoint(vault, "shop", "chroma", new Date(iso(5)), 3);

    expect(chosen?.point.pointId).toBe("chroma-1");
    expect(vault.readKeys.length).toBeLessThanOrEqual(8);
  });

  test("gives up after its limit of entries", async () => {
    const vault = await new Vault().put(pointAt(1), await proofOf(pointAt(1)));
    for (let minute = 10; minute < 20; minute += 1) await vault.put(pointAt(minute), undefined);

    const { chosen, passedOver } = await selectPoint(vault, "shop", "chroma", undefined, 4);

    expect(chosen).toBeUndefined();
    expect(passedOver).toHaveLength(4);
  });

  test("a thousand foreign entries hide nothing: neither forged ones nor old ones that were put again under newer names", async () => {
    const [old, newest] = [pointAt(1), pointAt(5)];
    const vault = await new Vault().put(old, await proofOf(old));
    await vault.put(newest, await proofOf(newest));
    for (let minute = 10; minute < 510; minute += 1) {
      vault.write(keyOf(pointAt(minute)), JSON.stringify({ signed: pointAt(minute), mac: "AAAA" }));
      await vault.put(old, undefined, pointKey("chroma", iso(minute), "again"));
    }

    const { chosen, passedOver } = await selectPoint(vault, "shop", "chroma");

    expect(chosen?.point.pointId).toBe("chroma-5");
    expect(passedOver).toHaveLength(1000);
  });

  test("foreign entries have an end too", async () => {
    const vault = await new Vault().put(pointAt(1), await proofOf(pointAt(1)));
    for (let minute = 10; minute < 20; minute += 1)
      vault.write(keyOf(pointAt(minute)), JSON.stringify({ signed: pointAt(minute), mac: "AAAA" }));

    const { chosen, passedOver } = await selectPoint(vault, "shop", "chroma", undefined, 4, 5);

    expect(chosen).toBeUndefined();
    expect(passedOver).toHaveLength(5);
  });

  test("a vault that fails is an error, not an empty catalogue", async () => {
    const vault = await new Vault().put(pointAt(1), await proofOf(pointAt(1)));
    vault.versions = () => {
      throw new Error("access denied");
    };

    await expect(selectPoint(vault, "shop", "chroma")).rejects.toThrow("access denied");
  });
});

const writeLater = async (vault: Vault, point: RecoveryPoint, proof: Partial<Proof> & { readonly verifiedAt: string }): Promise<void> => {
  const key = laterProofKey(keyOf(point), proof.verifiedAt);
  vault.write(key, await sign(CATALOGUE_KEY, key, await proofOf(point, proof)));
};

const check = (name: string) => ({ name, expected: "a", actual: "b", passed: false });
