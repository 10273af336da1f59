import { chromaClient } from "../../lambdas/chroma/client";
import { decodePart } from "../../lambdas/chroma/parquet";
import { fillCollection } from "../../lambdas/chroma-import/collection";
import type { PinnedPoint } from "../../lambdas/chroma-import/point";
import { verifyCollection } from "../../lambdas/chroma-import/verify";
import { noDeadline } from "../../lambdas/shared/deadline";
import { sha256Hex } from "../../recovery/checksum";
import { ChromaManifest, manifestKey } from "../../recovery/chroma/manifest";
import { secondsOf } from "../report";
import { directoryObjects } from "./directory-objects";

export interface RestoreRun {
  /** Until every record was added: what a bare loop does too. */
  readonly addSeconds: number;
  /** Every record read back and compared. */
  readonly verifySeconds: number;
}

/** Restores an export's one collection into a new server, by what the function `chroma-import` does between its plan and its result. */
export const restore = async (url: string, directory: string, pointId: string): Promise<RestoreRun> => {
  const point = await openExport(directory, pointId);
  const [exported] = point.manifest.collections;
  if (exported === undefined) throw new Error("the export has no collection");
  const client = chromaClient({ url });
  const common = { client, point, exported, checkDeadline: noDeadline };
  const maxBatchRows = await client.maxBatchSize();
  const addSeconds = await secondsOf(() => fillCollection({ ...common, maxBatchRows }, exported.name));
  const target = await client.collection(exported.name);
  if (target === undefined) throw new Error("nothing was restored");
  const verifySeconds = await secondsOf(async () => {
    const wrong = (await verifyCollection({ ...common, restored: target })).filter(({ passed }) => !passed);
    if (wrong.length > 0) throw new Error(`the restored collection differs: ${JSON.stringify(wrong)}`);
  });
  return { addSeconds, verifySeconds };
};

const openExport = async (directory: string, pointId: string): Promise<PinnedPoint> => {
  const bucket = directoryObjects(directory);
  const read = async (key: string): Promise<Uint8Array> => {
    const found = await bucket.get(key);
    if (found === undefined) throw new Error(`no ${key}`);
    return found.bytes;
  };
  const manifest = ChromaManifest.parse(JSON.parse(Buffer.from(await read(manifestKey(pointId))).toString("utf8")));
  return {
    manifest,
    async *parts(collection) {
      for (const part of collection.parts) {
        const bytes = await read(part.key);
        if (sha256Hex(bytes) !== part.sha256) throw new Error(`${part.key} is not what was exported`);
        yield await decodePart(bytes);
      }
    },
  };
};
