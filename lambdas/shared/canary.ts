import { Canary } from "../../recovery/canary";
import { CANARY_KEY } from "../../recovery/names";
import { type Read, readJson } from "./json";
import { getText, type ObjectStore } from "./objects";

/** The canary that a bucket holds (a version of it, when given), or why it says nothing about this system. */
export const readCanary = async (documents: ObjectStore, system: string, versionId?: string): Promise<Read<Canary>> => {
  const text = await getText(documents, CANARY_KEY, versionId);
  if (text === undefined) return { problem: `no canary has arrived in ${documents.bucket}` };
  const canary = readJson(Canary, text);
  if (canary.value !== undefined && canary.value.system !== system) return { problem: `the canary is of system ${canary.value.system}` };
  return canary;
};
