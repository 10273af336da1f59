import { setTimeout as sleep } from "node:timers/promises";
import type { LiveEndpoints } from "../../recovery/catalogue/standing";
import { LifeboatError, messageOf } from "../../recovery/errors";
import type { Progress } from "../progress";
import { Acknowledgements, type FirstAcknowledged } from "./acknowledgements";
import type { CorpusDocument } from "./corpus";
import type { Ledger } from "./ledger";
import { loadDocuments } from "./load";
import { WRITE_TIMEOUT_MS } from "./operations";
import { Population } from "./population";
import { LedgerFailure, Recorder, type StoreCounts } from "./recorder";
import type { Connect, Target } from "./target";
import { withTimeout } from "./timeout";

export interface WorkloadOptions {
  /** Asks where the live stores are. Asked at the start and after each failure. */
  readonly endpoints: () => Promise<LiveEndpoints>;
  readonly connect: Connect;
  readonly ledger: Ledger;
  readonly clock: () => Date;
  /** In [0, 1). */
  readonly random: () => number;
  /** Documents that are written, overwritten or deleted in a second. */
  readonly ratePerSecond: number;
  readonly corpus: readonly CorpusDocument[];
  /** Shares of the writes; the rest are new documents. */
  readonly overwriteShare?: number;
  readonly deleteShare?: number;
}

export interface Statistics {
  readonly postgres: StoreCounts;
  readonly objects: StoreCounts;
  readonly chroma: StoreCounts;
  readonly failedOperations: number;
  /** Times that the live endpoints were others than before. */
  readonly endpointChanges: number;
  readonly region: string;
  readonly lastFailure?: string;
}

/** The company's system at work: it loads its documents and keeps writing, wherever the live endpoints point. */
export const startWorkload = async (options: WorkloadOptions): Promise<Workload> =>
  new Workload(options, options.connect(await options.endpoints()));

export class Workload {
  private readonly acknowledgements = new Acknowledgements();
  private readonly recorder: Recorder;
  private readonly population: Population;
  private readonly stopping = new AbortController();
  private writing?: Promise<void>;
  private operating: Promise<void> = Promise.resolve();
  private failedOperations = 0;
  private endpointChanges = 0;
  private lastFailure?: string;

  constructor(
    private readonly options: WorkloadOptions,
    private target: Target,
  ) {
    this.recorder = new Recorder(options.ledger, options.clock, (store, answer) => this.acknowledgements.add(store, answer));
    this.population = new Population({
      ...options,
      overwriteShare: options.overwriteShare ?? 0.3,
      deleteShare: options.deleteShare ?? 0.1,
    });
  }

  /** Writes the whole corpus into the stores. */
  async load(progress: Progress): Promise<void> {
    const documents = this.population.initial();
    await loadDocuments(this.recorder, this.target, documents, progress);
    this.population.hold(documents);
  }

  /** Starts the steady writer, which goes on through failures until `stop`. */
  write(): void {
    if (this.writing !== undefined) return;
    this.writing = this.writeUntilStopped();
    this.writing.catch((error: unknown) => this.acknowledgements.end(error));
  }

  /** Each store's first acknowledged write that was sent at or after this time. Rejects when the writer ends first. */
  firstAcknowledgedAfter(time: Date): Promise<FirstAcknowledged> {
    return this.acknowledgements.firstAfter(time);
  }

  /**
   * From now on documents of before are left alone: what a disaster took of them can be told only as long as nobody writes them again. Resolves to the
   * time by which the operation under way, which may be of one of them, has ended.
   */
  async leaveWritten(): Promise<Date> {
    this.population.forgetAll();
    await this.operating;
    return this.options.clock();
  }

  statistics(): Statistics {
    return {
      postgres: this.recorder.of("postgres"),
      objects: this.recorder.of("objects"),
      chroma: this.recorder.of("chroma"),
      failedOperations: this.failedOperations,
      endpointChanges: this.endpointChanges,
      region: this.target.live.region,
      lastFailure: this.lastFailure,
    };
  }

  /** Ends the writer after its operation under way. Rejects when the ledger could not be written. Safe to call twice. */
  async stop(): Promise<Statistics> {
    this.stopping.abort();
    try {
      await this.writing;
    } finally {
      this.target.close();
      this.acknowledgements.end(
        new LifeboatError({ code: "interrupted", what: "The writer was stopped", hint: "Wait for its writes before stopping it" }),
      );
    }
    return this.statistics();
  }

  private async writeUntilStopped(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      const next = sleep(1000 / this.options.ratePerSecond, undefined, { signal }).catch(() => undefined);
      this.operating = this.operate();
      await this.operating;
      await next;
    }
  }

  private async operate(): Promise<void> {
    try {
      await this.population.operate(this.recorder, this.target);
    } catch (error) {
      if (error instanceof LedgerFailure) throw error;
      this.failedOperations += 1;
      this.lastFailure = messageOf(error);
      await this.followEndpoints();
    }
  }

  private async followEndpoints(): Promise<void> {
    // No answer is one more failure of this kind: the endpoints in use stay until the next one.
    const live = await withTimeout(this.options.endpoints(), WRITE_TIMEOUT_MS).catch(() => undefined);
    if (live === undefined || sameEndpoints(live, this.target.live)) return;
    this.target.close();
    this.target = this.options.connect(live);
    this.population.forgetAll();
    this.endpointChanges += 1;
  }
}

const sameEndpoints = (a: LiveEndpoints, b: LiveEndpoints): boolean =>
  a.region === b.region &&
  a.documentsBucket === b.documentsBucket &&
  a.chromaUrl === b.chromaUrl &&
  a.postgres.host === b.postgres.host &&
  a.postgres.port === b.postgres.port &&
  a.postgres.database === b.postgres.database &&
  a.postgres.secretArn === b.postgres.secretArn;
