import { embeddingBytes } from "../../recovery/chroma/record";
import type { Deadline } from "../shared/deadline";
import type { ObjectStore } from "../shared/objects";
import type { DeletedRange, IdRange, PlannedCollection, RangeResult } from "./checkpoint";
import { type Page, type RecordSource, readPages, type Wanted } from "./pages";
import { PartWriter } from "./parts";

export interface RangeToRead {
  readonly source: RecordSource;
  readonly collection: PlannedCollection;
  readonly range: IdRange;
}

export interface RangesExport {
  readonly ranges: readonly RangeToRead[];
  readonly staging: ObjectStore;
  readonly pointId: string;
  readonly piece: number;
  readonly checkDeadline: Deadline;
}

/** Ranges whose last part may still be on its way when the next one is begun. */
const ENDING_AT_ONCE = 2;

type Outcome = RangeResult | DeletedRange;

/** Reads ranges of collections into parts. Of a collection that was deleted nothing counts. What is not answered is named. */
export const exportRanges = async ({ ranges, staging, pointId, piece, checkDeadline }: RangesExport): Promise<Outcome[]> => {
  const wanted = ranges.map((each) => ({ ...each, collectionId: each.collection.sourceId, ids: each.range.ids }));
  const outcomes: Promise<Outcome>[] = [];
  let open: RangeWriter | undefined;
  const end = async (): Promise<void> => {
    if (open === undefined) return;
    const outcome = open.finish();
    // Its failure is thrown when it is awaited.
    outcome.catch(() => {});
    outcomes.push(outcome);
    await outcomes.at(-1 - ENDING_AT_ONCE);
  };
  try {
    for await (const page of readPages(wanted)) {
      if (open?.of !== page.of) {
        await end();
        open = new RangeWriter(page.of, new PartWriter(staging, pointId, { piece, collection: page.of.range.collection }));
      }
      checkDeadline(open.progress);
      await open.add(page);
    }
    await end();
    return await Promise.all(outcomes);
  } finally {
    // Nothing goes on being written behind a failure.
    await Promise.allSettled([...outcomes, open?.parts.settled()]);
  }
};

type WantedRange = RangeToRead & Wanted;

/** What of one range has been read. */
class RangeWriter {
  private readonly missing: string[] = [];
  private readonly probes: RangeResult["probes"] = [];
  private readonly wanted: ReadonlySet<string>;
  private isDeleted = false;

  constructor(
    readonly of: WantedRange,
    readonly parts: PartWriter,
  ) {
    this.wanted = new Set(of.collection.probes);
  }

  readonly progress = (): string =>
    `${this.parts.digest.count} of ${this.of.ids.length} records of "${this.of.collection.name}" read; the next call reads this piece again`;

  async add({ records, missing }: Page<WantedRange>): Promise<void> {
    if (records === undefined) this.isDeleted = true;
    // A page that was read before it was known counts no more.
    if (records === undefined || this.isDeleted) return;
    await this.parts.add(records);
    this.missing.push(...missing);
    for (const { id, embedding } of records)
      if (this.wanted.has(id) && embedding !== null)
        this.probes.push({ id, embedding: Buffer.from(embeddingBytes(embedding)).toString("base64") });
  }

  async finish(): Promise<Outcome> {
    const { collection } = this.of.range;
    const parts = await this.parts.finish();
    if (this.isDeleted) return { collection, collectionDeleted: true };
    return { collection, ...this.parts.digest.result(), parts: [...parts], missing: this.missing, probes: this.probes };
  }
}
