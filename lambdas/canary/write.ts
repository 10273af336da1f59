import type { Canary } from "../../recovery/canary";
import { CANARY_KEY } from "../../recovery/names";
import type { ObjectStore } from "../shared/objects";
import type { CanaryResponse } from "./events";

/** Writes the time into the documents bucket. Its age in the recovery region is the lag of replication. */
export const writeCanary = async (documents: ObjectStore, system: string, now: Date): Promise<CanaryResponse> => {
  const canary: Canary = { schema: "lifeboat/canary/1", system, writtenAt: now.toISOString() };
  await documents.put(CANARY_KEY, JSON.stringify(canary), { contentType: "application/json" });
  return { key: CANARY_KEY, writtenAt: canary.writtenAt };
};
