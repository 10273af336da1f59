import { decodePart } from "../../../../lambdas/chroma/parquet";
import { sealPoint } from "../../../../lambdas/seal/point";
import { noDeadline } from "../../../../lambdas/shared/deadline";
import { provePoint } from "../../../../lambdas/verify/proof";
import type { MemoryObjects } from "../../../support/memory-objects";
import { type ExportedPoint, SYSTEM } from "./chroma-point";
import { memoryLog } from "./log";

const nothing = async (): Promise<void> => {};

/** Brings an export into a vault and seals it, as the sealing function does. Returns the entry's key. */
export const sealInto = async (vault: MemoryObjects, now: () => Date, point: ExportedPoint): Promise<string> => {
  for (const { key, body } of point.objects) vault.add(key, body);
  const settings = { system: SYSTEM, lockMode: "GOVERNANCE" as const, backupRetentionDays: 90 };
  const sealed = await sealPoint({ vault, log: memoryLog().log, now, deadline: noDeadline, refused: nothing }, settings, point.pointId);
  if (sealed.entryKey === undefined) throw new Error(`not sealed: ${JSON.stringify(sealed)}`);
  return sealed.entryKey;
};

/** A sealed point that was read back. Returns the entry's key. */
export const proveInto = async (vault: MemoryObjects, now: () => Date, point: ExportedPoint): Promise<string> => {
  const entryKey = await sealInto(vault, now, point);
  await provePoint({ vault, decodePart, deadline: noDeadline, log: memoryLog().log, now, refused: nothing }, SYSTEM, entryKey);
  return entryKey;
};
