import { sha256Hex } from "../../recovery/checksum";
import type { ObjectStore } from "../shared/objects";
import { putOnce } from "../shared/put-once";
import { type ExportPlan, type IdRange, idsKey } from "./checkpoint";

type Pieces = ExportPlan["pieces"];

/** Where a cutter stood: what came after is void. */
export interface Mark {
  readonly pieces: number;
  readonly ranges: readonly IdRange[];
}

/**
 * Cuts ids into pieces of equal numbers of records, whatever collections they are of, and stores each as it fills. Memory is bounded by a piece.
 * A piece's key has its content's digest: what a listing that began anew had stored stays unused beside it.
 */
export class PieceCutter {
  private pieces: Pieces[number][] = [];
  private ranges: { readonly collection: number; readonly ids: string[] }[] = [];

  constructor(
    private readonly staging: ObjectStore,
    private readonly pointId: string,
    private readonly pieceRecords: number,
  ) {}

  mark(): Mark {
    return { pieces: this.pieces.length, ranges: this.copy() };
  }

  backTo({ pieces, ranges }: Mark): void {
    this.pieces = this.pieces.slice(0, pieces);
    this.ranges = ranges.map(({ collection, ids }) => ({ collection, ids: [...ids] }));
  }

  async add(collection: number, ids: readonly string[]): Promise<void> {
    for (let start = 0; start < ids.length; ) {
      const taken = ids.slice(start, start + this.pieceRecords - this.waiting());
      start += taken.length;
      const open = this.ranges.at(-1);
      if (open?.collection === collection) open.ids.push(...taken);
      else this.ranges.push({ collection, ids: [...taken] });
      if (this.waiting() >= this.pieceRecords) await this.flush();
    }
  }

  async finish(): Promise<Pieces> {
    if (this.waiting() > 0) await this.flush();
    return this.pieces;
  }

  private waiting(): number {
    return this.ranges.reduce((sum, { ids }) => sum + ids.length, 0);
  }

  private copy(): IdRange[] {
    return this.ranges.map(({ collection, ids }) => ({ collection, ids: [...ids] }));
  }

  private async flush(): Promise<void> {
    const body = JSON.stringify({ ranges: this.ranges });
    const key = idsKey(this.pointId, this.pieces.length, sha256Hex(body));
    await putOnce(this.staging, key, body, { contentType: "application/json" });
    this.pieces.push({ idsKey: key, records: this.waiting() });
    this.ranges = [];
  }
}
