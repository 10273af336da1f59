import { newestProven } from "../../../../lambdas/configuration-export/proven";
import { proofKeyOf } from "../../../../recovery/catalogue/keys";
import { MemoryObjects } from "../../../support/memory-objects";
import { configurationPoint, secretsOf, trustInto } from "../support/configuration-point";
import { type ProofOf, writeProof } from "../support/configuration-proof";

const at = (minute: number, milliseconds = 0): Date => new Date(Date.UTC(2026, 10, 26, 17, minute, 0, milliseconds));
const pointId = (minute: number): string => `configuration-20261126T17${String(minute).padStart(2, "0")}00Z-1a2b`;
const ofMinute = (minute: number, more: Partial<ProofOf> = {}): ProofOf => ({
  ...{ subject: "secrets", pointId: pointId(minute), asOf: at(minute) },
  ...more,
});

/** Pages of two keys, so that the proofs of one point are cut apart too. */
const vaultWith = async (...proofs: readonly ProofOf[]): Promise<MemoryObjects> => {
  const vault = new MemoryObjects("vault");
  for (const proof of proofs) await writeProof(vault, proof);
  return vault;
};

describe("what the vault has proven of a subject", () => {
  it("is what sealing and proving write", async () => {
    const vault = new MemoryObjects("vault");
    const now = () => new Date("2026-11-24T10:05:00.000Z");
    const point = configurationPoint("secrets", secretsOf("a"), { startedAt: "2026-11-24T10:00:00.789Z" });
    const entryKey = await trustInto(vault, now, point);

    expect(await newestProven(vault, "acme", "secrets")).toEqual({
      pointId: point.pointId,
      asOf: new Date("2026-11-24T10:00:00.789Z"),
    });
    expect(vault.calls.at(-1)).toBe(`get ${proofKeyOf(entryKey)}`);
  });

  it("is nothing before its first proof, whatever other subjects have", async () => {
    const vault = await vaultWith(ofMinute(1, { subject: "repositories/secrets" }), ofMinute(2, { subject: "parameters" }));

    expect(await newestProven(vault, "acme", "secrets")).toBeUndefined();
  });

  it("is the newest point, by one read, however many there are", async () => {
    const vault = await vaultWith(...Array.from({ length: 40 }, (_, minute) => ofMinute(minute, { asOf: at(minute, 456) })));
    vault.calls.length = 0;

    expect(await newestProven(vault, "acme", "secrets")).toEqual({ pointId: pointId(39), asOf: at(39, 456) });
    expect(vault.calls.filter((call) => call.startsWith("get"))).toHaveLength(1);
  });

  it.each<[string, Partial<ProofOf>]>([
    ["did not read back", { passed: false }],
    ["is another system's", { system: "other" }],
  ])("is no point that %s", async (_what, newest) => {
    const vault = await vaultWith(ofMinute(1), ofMinute(2, newest));

    expect((await newestProven(vault, "acme", "secrets"))?.pointId).toBe(pointId(1));
  });

  it("is what the newest proof of a point says, and not the first", async () => {
    const rotted = await vaultWith(ofMinute(1), ofMinute(2), ofMinute(2, { passed: false, later: at(30) }));
    const mended = await vaultWith(
      ofMinute(1),
      ofMinute(2, { passed: false }),
      ofMinute(2, { passed: false, later: at(20) }),
      ofMinute(2, { later: at(30) }),
    );

    expect((await newestProven(rotted, "acme", "secrets"))?.pointId).toBe(pointId(1));
    expect((await newestProven(mended, "acme", "secrets"))?.pointId).toBe(pointId(2));
  });

  it("is nothing that cannot be read, or that stands under another point's key", async () => {
    const vault = await vaultWith(ofMinute(1));
    const [unreadable, moved] = [await writeProof(vault, ofMinute(3)), await writeProof(vault, ofMinute(4))];
    await vault.put(unreadable, "no JSON", { contentType: "application/json" });
    const [key] = [await writeProof(vault, ofMinute(2))];
    await vault.put(moved, (await vault.get(key))?.bytes ?? "", { contentType: "application/json" });
    await vault.put("catalogue/proofs/configuration/secrets/notes.txt", "", { contentType: "text/plain" });

    expect((await newestProven(vault, "acme", "secrets"))?.pointId).toBe(pointId(2));
  });

  it("is looked for in ten points and no further", async () => {
    const failed = Array.from({ length: 10 }, (_, index) => ofMinute(10 + index, { passed: false }));
    const nine = await vaultWith(ofMinute(1), ...failed.slice(1));
    const ten = await vaultWith(ofMinute(1), ...failed);

    expect((await newestProven(nine, "acme", "secrets"))?.pointId).toBe(pointId(1));
    expect(await newestProven(ten, "acme", "secrets")).toBeUndefined();
  });
});
