import { MAX_PART_ROWS } from "../../../../lambdas/chroma/parquet";
import type { RecordSource } from "../../../../lambdas/chroma-export/pages";
import { exportRanges, type RangeToRead } from "../../../../lambdas/chroma-export/range";
import { noDeadline } from "../../../../lambdas/shared/deadline";
import type { PutResult } from "../../../../lambdas/shared/objects";
import { embeddingsAnswer } from "../../../support/chroma-data";
import { MemoryObjects } from "../../../support/memory-objects";
import { COLLECTION, recordsOf, sourceOf } from "./source";

/** Staging that takes its time, and knows what is still on its way to it. */
class SlowObjects extends MemoryObjects {
  underWay = 0;
  begun = 0;

  override async put(...put: Parameters<MemoryObjects["put"]>): Promise<PutResult> {
    this.underWay += 1;
    this.begun += 1;
    await new Promise((done) => setTimeout(done, 50));
    this.underWay -= 1;
    return super.put(...put);
  }
}

const rangeOf = (number: number, records: number, misbehaves: Partial<RecordSource> = {}): RangeToRead => {
  const held = recordsOf(records);
  const { id: sourceId, ...described } = COLLECTION;
  return {
    source: sourceOf(held, misbehaves).database("t", "d"),
    collection: { ...described, sourceId, countAtSource: records, probes: [] },
    range: { collection: number, ids: held.map(({ id }) => id) },
  };
};

const exporting = (staging: SlowObjects, ranges: readonly RangeToRead[]) =>
  exportRanges({ ranges, staging, pointId: "chroma-20261124T231645Z-0000", piece: 0, checkDeadline: noDeadline });

describe("the ranges of a piece", () => {
  test("a failed reading leaves no part of an ended range on its way", async () => {
    const staging = new SlowObjects("staging");
    const broken = rangeOf(2, 1, { contents: () => Promise.reject(new Error("no answer")) });

    await expect(exporting(staging, [rangeOf(0, 3), rangeOf(1, 3), broken])).rejects.toThrow("no answer");

    expect({ begun: staging.begun, underWay: staging.underWay }).toEqual({ begun: 1, underWay: 0 });
  });

  test("a failed reading leaves no full part of its own range on its way", async () => {
    const staging = new SlowObjects("staging");
    const held = new Map(recordsOf(MAX_PART_ROWS + 3000).map((record) => [record.id, record]));
    const last = [...held.keys()].at(-1);
    const of = (ids: readonly string[]) => ids.flatMap((id) => held.get(id) ?? []);
    const embeddings: RecordSource["embeddings"] = async (_id, ids) => embeddingsAnswer(of(ids));
    const contents: RecordSource["contents"] = async (_id, ids) => {
      if (ids.some((id) => id === last)) throw new Error("no answer");
      return of(ids);
    };

    await expect(exporting(staging, [rangeOf(0, held.size, { contents, embeddings })])).rejects.toThrow("no answer");

    expect({ begun: staging.begun, underWay: staging.underWay }).toEqual({ begun: 1, underWay: 0 });
  });

  test("a part that cannot be stored fails its piece", async () => {
    const staging = new SlowObjects("staging");
    staging.put = () => Promise.reject(new Error("no space"));

    await expect(exporting(staging, [rangeOf(0, 3), rangeOf(1, 3)])).rejects.toThrow("no space");
  });
});
