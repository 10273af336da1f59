import * as z from "zod";
import type { Check } from "../../../recovery/catalogue/point";
import { joinDigests } from "../../../recovery/chroma/digests";
import { collectionName, type ExportedCollection, RecordSetDigest } from "../../../recovery/chroma/manifest";
import { type ChromaRecord, CollectionDigest } from "../../../recovery/chroma/record";
import { check } from "../checks";

export const CollectionState = z.object({
  records: z.int().nonnegative(),
  contentDigest: RecordSetDigest,
  embeddingsDigest: RecordSetDigest,
  /** Ids of the probes whose records are still to come. */
  probes: z.array(z.string()),
});
export type CollectionState = z.infer<typeof CollectionState>;

/** One collection as its records are read. Digests of what earlier runs read add up with those of this one. */
export class CollectionReading {
  private readonly digest = new CollectionDigest();
  private readonly lost: Set<string>;

  constructor(
    private readonly collection: ExportedCollection,
    private readonly before?: CollectionState,
  ) {
    this.lost = new Set(before?.probes ?? collection.probes.map(({ id }) => id));
  }

  add(record: ChromaRecord): void {
    this.digest.add(record);
    this.lost.delete(record.id);
  }

  state(): CollectionState {
    const { before, digest, lost } = this;
    const { contentDigest, embeddingsDigest } = digest.result();
    return {
      records: (before?.records ?? 0) + digest.count,
      contentDigest: joined(before?.contentDigest, contentDigest),
      embeddingsDigest: joined(before?.embeddingsDigest, embeddingsDigest),
      probes: [...lost],
    };
  }

  checks(): readonly Check[] {
    const { collection } = this;
    const name = collectionName(collection);
    const { records, contentDigest, embeddingsDigest, probes: lost } = this.state();
    // What was asked and is in no part, a restore could not ask again.
    const probes = collection.probes.length;
    return [
      check(`${name}: records`, collection.countWritten, records),
      check(`${name}: content`, collection.contentDigest, contentDigest),
      check(`${name}: embeddings`, collection.embeddingsDigest, embeddingsDigest),
      ...(probes === 0 ? [] : [check(`${name}: records of its probes`, probes, probes - lost.length)]),
    ];
  }
}

const joined = (before: string | undefined, now: string): string => (before === undefined ? now : joinDigests([before, now]));
