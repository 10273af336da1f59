import { LEDGER_STORES, type LedgerStore } from "../../recovery/evidence/ledger";

export interface Acknowledgement {
  readonly attemptedAt: Date;
  readonly acknowledgedAt: Date;
  readonly region: string;
}

export type FirstAcknowledged = Readonly<Record<LedgerStore, Acknowledgement>>;

interface Waiter {
  readonly check: () => void;
  readonly fail: (error: unknown) => void;
}

/** The answers so far, for those who wait for the first ones after a time: the end of a recovery, as the application sees it. */
export class Acknowledgements {
  private readonly answers = new Map<LedgerStore, Acknowledgement[]>();
  private readonly waiters = new Set<Waiter>();
  private ended?: { readonly reason: unknown };

  add(store: LedgerStore, answer: Acknowledgement): void {
    const answers = this.answers.get(store);
    if (answers === undefined) this.answers.set(store, [answer]);
    else answers.push(answer);
    for (const waiter of [...this.waiters]) waiter.check();
  }

  /** Each store's first write that was sent at or after this time and acknowledged. What was sent before it may have been answered by a store that is gone. */
  firstAfter(time: Date): Promise<FirstAcknowledged> {
    return new Promise((resolve, reject) => {
      const check = (): void => {
        const [postgres, chroma, objects] = LEDGER_STORES.map((store) => this.firstOf(store, time));
        if (postgres === undefined || chroma === undefined || objects === undefined) return;
        this.waiters.delete(waiter);
        resolve({ postgres, chroma, objects });
      };
      const fail = (error: unknown): void => {
        this.waiters.delete(waiter);
        reject(error);
      };
      const waiter: Waiter = { check, fail };
      this.waiters.add(waiter);
      check();
      if (this.ended !== undefined && this.waiters.has(waiter)) fail(this.ended.reason);
    });
  }

  /** No more answers will come. */
  end(reason: unknown): void {
    this.ended ??= { reason };
    for (const waiter of [...this.waiters]) waiter.fail(this.ended.reason);
  }

  private firstOf(store: LedgerStore, time: Date): Acknowledgement | undefined {
    return this.answers.get(store)?.find((answer) => answer.attemptedAt >= time);
  }
}
