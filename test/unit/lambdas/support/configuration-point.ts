import { firstAuthentic } from "../../../../recovery/catalogue/authentic";
import { sign } from "../../../../recovery/catalogue/authenticity";
import { proofKeyOf } from "../../../../recovery/catalogue/keys";
import type { Proof } from "../../../../recovery/catalogue/point";
import { RecoveryPoint } from "../../../../recovery/catalogue/point";
import { storeOf } from "../../../../recovery/catalogue/series";
import { sha256Hex } from "../../../../recovery/checksum";
import { type ConfigurationManifest, configurationManifestKey, configurationPartKey } from "../../../../recovery/configuration/manifest";
import { CATALOGUE_KEY } from "../../../support/authenticity";
import type { MemoryObjects } from "../../../support/memory-objects";
import { SYSTEM } from "./chroma-point";
import { catalogueIn, sealInto } from "./vaults";

/** An export of one subject of configuration: one part of any bytes, the manifest last. */
export const configurationPoint = (
  subject: string,
  content: ConfigurationManifest["content"],
  { pointId = "configuration-20261124T100000Z-1a2b", startedAt = "2026-11-24T10:00:00.000Z", count = 1 } = {},
) => {
  const body = Buffer.from("sealed");
  const part = { key: configurationPartKey(pointId, "part", 0), sizeBytes: body.byteLength, sha256: sha256Hex(body) };
  const manifest: ConfigurationManifest = {
    schema: "lifeboat/configuration-export/1",
    ...{ system: SYSTEM, pointId, subject, content },
    window: { startedAt, finishedAt: startedAt },
    digest: "any",
    counts: { atSource: count, written: count },
    software: {},
    parts: [part],
  };
  return {
    pointId,
    objects: [
      { key: part.key, body },
      { key: configurationManifestKey(pointId), body: JSON.stringify(manifest) },
    ],
  };
};

export const repositoryOf = (refs: Readonly<Record<string, string>>): ConfigurationManifest["content"] => ({
  kind: "repository",
  url: "https://example.com/shop.git",
  refs: { ...refs },
  head: {},
  objects: 3,
  lfs: false,
});

export const secretsOf = (...names: readonly string[]): ConfigurationManifest["content"] => ({
  kind: "secrets",
  region: "us-east-1",
  envelope: { algorithm: "AES-256-GCM", keyArn: "arn:key", encryptedDataKey: "AAAA", context: {} },
  records: names.map((name) => ({ name, versions: [] })),
});

/** Seals an export and writes the proof that its reader would: what is in it is not this test's matter. Returns the entry's key. */
export const trustInto = async (
  vault: MemoryObjects,
  now: () => Date,
  point: Parameters<typeof sealInto>[2],
  passed = true,
): Promise<string> => {
  const entryKey = await sealInto(vault, now, point);
  const { first } = await firstAuthentic(catalogueIn(vault), RecoveryPoint, entryKey);
  if (first === undefined) throw new Error("there is no entry");
  const proof: Proof = {
    schema: "lifeboat/proof/2",
    system: SYSTEM,
    store: storeOf(first.value.series),
    pointId: first.value.pointId,
    entrySha256: first.sha256,
    verifiedAt: now().toISOString(),
    passed,
    checks: [{ name: "content", expected: "whole", actual: passed ? "whole" : "short", passed }],
  };
  const key = proofKeyOf(entryKey);
  await vault.put(key, await sign(CATALOGUE_KEY, key, proof), { contentType: "application/json", ifAbsent: true });
  return entryKey;
};
