import * as z from "zod";
import type { ExportPart } from "../../recovery/catalogue/export";
import type { SealedObject } from "../../recovery/catalogue/point";
import type { Course } from "../shared/course";
import type { ObjectLock, ObjectStore } from "../shared/objects";
import { findPart, type Inventory } from "./inventory";
import { ensureLocked } from "./locks";

/** The versions of the parts that were found and locked, in the manifest's order. */
const PartsState = z.object({ found: z.array(z.string()) });

/**
 * Finds the version of each part, hashed one at a time so that memory is bounded by one, and locks it. It can be continued behind each part: what was
 * found and locked stays so. @throws LifeboatError `digest-mismatch` for the first part that is not there as written
 */
export const sealParts = async (
  vault: ObjectStore,
  inventory: Inventory,
  parts: readonly ExportPart[],
  lock: ObjectLock,
  course: Course,
): Promise<readonly SealedObject[]> => {
  const found = [...(PartsState.safeParse(course.from).data?.found ?? [])];
  for (const part of parts.slice(found.length)) {
    const version = await findPart(vault, inventory.get(part.key) ?? [], part);
    await ensureLocked(vault, version, lock);
    found.push(version.versionId);
    // It only grows, and what is added is done: a copy for each part would be quadratic.
    course.reached({ found }, () => `${found.length} of ${parts.length} parts hashed and locked`);
  }
  return parts.map(({ key, sizeBytes, sha256 }, index) => ({ key, versionId: found[index] ?? "", sizeBytes, sha256 }));
};
