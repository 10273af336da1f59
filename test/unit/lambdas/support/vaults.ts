import { sealPoint } from "../../../../lambdas/seal/point";
import { catalogueOf } from "../../../../lambdas/shared/catalogue";
import { noDeadline } from "../../../../lambdas/shared/deadline";
import { type ProofTools, provePoint } from "../../../../lambdas/verify/proof";
import { READERS } from "../../../../lambdas/verify/readers";
import type { CatalogueReader } from "../../../../recovery/catalogue/authentic";
import { contentOfPinned } from "../../../../recovery/catalogue/authenticity";
import { exportOfKey } from "../../../../recovery/catalogue/kinds";
import { CATALOGUE_KEY } from "../../../support/authenticity";
import type { MemoryObjects } from "../../../support/memory-objects";
import { type ExportedPoint, SYSTEM } from "./chroma-point";
import { memoryLog } from "./log";

const nothing = async (): Promise<void> => {};

/** A vault's catalogue as whoever may check its codes reads it. */
export const catalogueIn = (vault: MemoryObjects): CatalogueReader => catalogueOf(vault, CATALOGUE_KEY);

/** What a signed object of the catalogue says. */
export const signedIn = (vault: MemoryObjects, key: string): unknown => contentOfPinned(vault.text(key) ?? "");

export const proofTools = (vault: MemoryObjects, now: () => Date): ProofTools => ({
  ...{ vault, catalogue: catalogueIn(vault), signer: CATALOGUE_KEY, readers: READERS, deadline: noDeadline },
  ...{ log: memoryLog().log, now, refused: nothing },
});

/** Brings an export into a vault and seals it, as the sealing function does. Returns the entry's key. */
export const sealInto = async (vault: MemoryObjects, now: () => Date, point: Pick<ExportedPoint, "objects">): Promise<string> => {
  for (const { key, body } of point.objects) vault.add(key, body);
  const settings = { system: SYSTEM, lockMode: "GOVERNANCE" as const, backupRetentionDays: 90 };
  const tools = { signer: CATALOGUE_KEY, authenticator: CATALOGUE_KEY, log: memoryLog().log, deadline: noDeadline, refused: nothing };
  const found = exportOfKey(point.objects.at(-1)?.key ?? "");
  if (found === undefined) throw new Error("no kind of export has these keys");
  const sealed = await sealPoint({ ...tools, vault, now }, settings, found.kind, found.pointId);
  if (sealed.entryKey === undefined) throw new Error(`not sealed: ${JSON.stringify(sealed)}`);
  return sealed.entryKey;
};

/** A sealed point that was read back. Returns the entry's key. */
export const proveInto = async (vault: MemoryObjects, now: () => Date, point: Pick<ExportedPoint, "objects">): Promise<string> => {
  const entryKey = await sealInto(vault, now, point);
  await provePoint(proofTools(vault, now), SYSTEM, entryKey);
  return entryKey;
};
