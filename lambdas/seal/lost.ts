import { type ExportKind, exportManifestKey } from "../../recovery/catalogue/export";
import { pointIdFrom } from "../../recovery/catalogue/keys";
import { EXPORT_KINDS, exportOfKey } from "../../recovery/catalogue/kinds";
import type { ObjectStore } from "../shared/objects";

const MINUTE_MS = 60_000;
/** Lambda gives an event up after two more attempts, some minutes in all: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html */
const SETTLED_MS = 15 * MINUTE_MS;
/** The exports after it are points of their own, and their age has alarmed by then. */
const LOOKED_FOR_MS = 24 * 60 * MINUTE_MS;

/**
 * Points whose manifest came within a day: S3 tells of an arrival once, and an event that was given up, or never came, is told by nobody. Sealing what is
 * sealed changes nothing. The requests are a page of a thousand objects of a day's exports each, of one day only, since an export's name begins with
 * its time.
 */
export const recentPoints = async (
  vault: ObjectStore,
  now: Date,
): Promise<readonly { readonly kind: ExportKind; readonly pointId: string }[]> => {
  const found: { readonly kind: ExportKind; readonly pointId: string }[] = [];
  const since = new Date(now.getTime() - LOOKED_FOR_MS);
  for (const { prefix, store } of EXPORT_KINDS)
    for await (const page of vault.list(prefix, `${prefix}${pointIdFrom(store, since)}`))
      for (const { key, lastModified } of page) {
        const point = exportOfKey(key);
        if (point === undefined || key !== exportManifestKey(point.kind, point.pointId)) continue;
        if (now.getTime() - lastModified.getTime() >= SETTLED_MS) found.push(point);
      }
  return found;
};
