import type { ChromaRecord } from "../../recovery/chroma/record";
import type { MeasuredRestore } from "../../recovery/estimates/measured-restore";
import { recordBytes } from "../chroma/batches";

/** Measures what one call of the import does. Spans of one kind follow each other, so that their sum is the time that they took. */
export class ImportMeter {
  private readonly added = { records: 0, bytes: 0, seconds: 0 };
  private readonly readBack = { records: 0, seconds: 0 };
  private firstGivenAt: Date | undefined;
  private goesOn = false;

  /** @param resolvedAt when the recovery was planned */
  constructor(
    private readonly now: () => Date,
    private readonly resolvedAt: Date,
  ) {}

  /** An earlier call gave the first record: what goes by before it is not known to this one. */
  goesOnFromEarlierCall(): void {
    this.goesOn = true;
  }

  /** Times the filling of a collection. */
  adding<T>(work: () => Promise<T>): Promise<T> {
    return this.timed(this.added, work);
  }

  /** Called before a batch is given to the server. */
  gives(): void {
    this.firstGivenAt ??= this.now();
  }

  /** Called once the server has taken it. */
  given(batch: readonly ChromaRecord[]): void {
    this.added.records += batch.length;
    this.added.bytes += batch.reduce((sum, record) => sum + recordBytes(record), 0);
  }

  /** Times the reading back of a collection. @param records how many it has */
  async readingBack<T>(records: number, work: () => Promise<T>): Promise<T> {
    const result = await this.timed(this.readBack, work);
    this.readBack.records += records;
    return result;
  }

  measured(serverVersion: string): MeasuredRestore {
    const before = this.goesOn || this.firstGivenAt === undefined ? undefined : secondsBetween(this.resolvedAt, this.firstGivenAt);
    return {
      added: { ...this.added },
      readBack: { ...this.readBack },
      ...(before === undefined ? {} : { beforeFirstRecordSeconds: before }),
      serverVersion,
    };
  }

  private async timed<T>(span: { seconds: number }, work: () => Promise<T>): Promise<T> {
    const startedAt = this.now();
    try {
      return await work();
    } finally {
      span.seconds += secondsBetween(startedAt, this.now());
    }
  }
}

/** Two functions' clocks may differ by a little: no time is less than none. */
const secondsBetween = (from: Date, to: Date): number => Math.max(0, (to.getTime() - from.getTime()) / 1000);
