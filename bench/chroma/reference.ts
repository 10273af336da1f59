import { open } from "node:fs/promises";
import { constants, createZstdCompress } from "node:zlib";
import { embeddingBytes } from "../../recovery/chroma/record";
import { recordBatches } from "./records";

const BATCH_ROWS = 1000;

/** What the records take as raw float32 beside a zstd-3 sidecar of everything else, in one stream: the plainest format that is small. Bytes. */
export const referenceBytes = async (file: string, records: number): Promise<number> => {
  const floats = await open(`${file}.f32`, "w");
  const sidecar = createZstdCompress({ params: { [constants.ZSTD_c_compressionLevel]: 3 } });
  let sidecarBytes = 0;
  sidecar.on("data", (chunk: Buffer) => {
    sidecarBytes += chunk.byteLength;
  });
  const ended = new Promise((done, fail) => sidecar.once("end", done).once("error", fail));
  for (const batch of recordBatches(records, BATCH_ROWS)) {
    for (const { embedding } of batch) await floats.write(embeddingBytes(embedding));
    const lines = batch.map(({ id, document, metadata, uri }) => JSON.stringify([id, document, metadata, uri]));
    if (!sidecar.write(`${lines.join("\n")}\n`)) await new Promise((drained) => sidecar.once("drain", drained));
  }
  sidecar.end();
  await ended;
  const { size } = await floats.stat();
  await floats.close();
  return size + sidecarBytes;
};
