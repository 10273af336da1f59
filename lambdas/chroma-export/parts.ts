import { sha256Hex } from "../../recovery/checksum";
import { type Part, type PartPlace, partKey } from "../../recovery/chroma/manifest";
import { type ChromaRecord, CollectionDigest } from "../../recovery/chroma/record";
import { recordBytes } from "../chroma/batches";
import { encodePart, MAX_PART_BYTES, MAX_PART_ROWS } from "../chroma/parquet";
import type { ObjectStore } from "../shared/objects";
import { putOnce } from "../shared/put-once";

/** Gathers records of one collection into parts and writes each as it fills. One part is being sent while the next one fills. */
export class PartWriter {
  readonly digest = new CollectionDigest();
  private readonly written: Part[] = [];
  private waiting: ChromaRecord[] = [];
  private waitingBytes = 0;
  private sending: Promise<void> = Promise.resolve();
  private next = 0;

  constructor(
    private readonly staging: ObjectStore,
    private readonly pointId: string,
    private readonly place: Omit<PartPlace, "part">,
  ) {}

  /** Records whose metadata is canonical already: equal records must give equal parts. */
  async add(records: readonly ChromaRecord[]): Promise<void> {
    for (const record of records) {
      this.digest.addCanonical(record);
      this.waiting.push(record);
      this.waitingBytes += recordBytes(record);
      if (this.waiting.length >= MAX_PART_ROWS || this.waitingBytes >= MAX_PART_BYTES) await this.flush();
    }
  }

  /** The parts, in order, when all of them have been stored. */
  async finish(): Promise<readonly Part[]> {
    if (this.waiting.length > 0) await this.flush();
    await this.sending;
    return this.written;
  }

  /** Ends when nothing is being sent any more, stored or not. */
  async settled(): Promise<void> {
    await Promise.allSettled([this.sending]);
  }

  private async flush(): Promise<void> {
    const body = encodePart(this.waiting);
    const rows = this.waiting.length;
    const part = this.next;
    this.next += 1;
    this.waiting = [];
    this.waitingBytes = 0;
    await this.sending;
    this.sending = this.send(part, rows, body);
    // Its failure is thrown by the next flush or by finish.
    this.sending.catch(() => {});
  }

  private async send(part: number, rows: number, body: Uint8Array): Promise<void> {
    const sha256 = sha256Hex(body);
    const key = partKey(this.pointId, { ...this.place, part }, sha256);
    await putOnce(this.staging, key, body, { contentType: "application/vnd.apache.parquet", sha256 });
    this.written.push({ key, rows, sizeBytes: body.byteLength, sha256 });
  }
}
