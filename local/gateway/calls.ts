/** Who made a call. A function's key belongs to one region, so that calls of the lost region's functions can be told from recovery's. */
export interface Caller {
  readonly name: string;
  readonly kind: "root" | "user" | "function" | "session";
  readonly region?: string;
}

/** Services whose control plane is one for all regions are a class of their own: local/gateway/global.ts. */
export type CallClass = "regional" | "global-read" | "global-write";

export type Outcome = "ok" | "redirect" | "client-error" | "server-error" | "refused" | "dropped" | "aborted";

/** One attempt, as the gateway saw it: a client's retries are calls of their own. */
export interface Call {
  readonly at: Date;
  /** The region of the signature. */
  readonly region: string;
  readonly service: string;
  readonly operation: string;
  readonly resource?: string;
  readonly bucket?: string;
  /** Where the bucket lives, whatever region the call was signed for. */
  readonly bucketHome?: string;
  /** Where the bucket lives that a copy reads. */
  readonly sourceHome?: string;
  readonly accessKeyId?: string;
  readonly caller?: Caller;
  readonly signed: boolean;
  readonly class: CallClass;
  readonly outcome: Outcome;
  readonly status?: number;
}

export interface CallLog {
  add(call: Call): void;
  all(): readonly Call[];
  since(time: Date): readonly Call[];
  /** Counts by any property of a call, for tables: `countBy((call) => call.service)`. */
  countBy(key: (call: Call) => string): ReadonlyMap<string, number>;
  /** How many of the oldest were forgotten: a conclusion about the time before the oldest call that is kept would be wrong. */
  forgotten(): number;
}

export const createCallLog = (limit: number): CallLog => {
  let calls: Call[] = [];
  let forgotten = 0;
  return {
    add: (call) => {
      calls.push(call);
      // Trimmed by halves, so that a full log costs no copy at every call.
      if (calls.length <= limit) return;
      const excess = calls.length - Math.ceil(limit / 2);
      forgotten += excess;
      calls = calls.slice(excess);
    },
    all: () => calls,
    since: (time) => calls.filter((call) => call.at >= time),
    countBy: (key) => {
      const counts = new Map<string, number>();
      for (const call of calls) counts.set(key(call), (counts.get(key(call)) ?? 0) + 1);
      return counts;
    },
    forgotten: () => forgotten,
  };
};

export interface LostRegionQuery {
  /** From this moment on: the disaster, or the decision to recover. */
  readonly after: Date;
  /** Whose calls count. Without it everybody's do, but those of the lost region's own functions, which are victims and not recovery. */
  readonly callers?: (call: Call) => boolean;
}

export interface LostRegionCalls {
  /** Signed for the lost region, or to a bucket that lives there. */
  readonly regional: readonly Call[];
  /** Changes through a global control plane that lives in the lost region. */
  readonly globalWrites: readonly Call[];
  /** Reads through such a control plane: they are served from other regions too, and are listed apart. */
  readonly globalReads: readonly Call[];
}

/** What recovery asked of the lost region, attempts included. An honest recovery has no `regional` and no `globalWrites`. */
export const callsToLostRegion = (calls: readonly Call[], region: string, query: LostRegionQuery): LostRegionCalls => {
  const counts = query.callers ?? ((call: Call) => call.caller?.region !== region);
  const relevant = calls.filter((call) => call.at >= query.after && counts(call));
  const touches = (call: Call): boolean => call.region === region || call.bucketHome === region || call.sourceHome === region;
  return {
    regional: relevant.filter((call) => call.class === "regional" && touches(call)),
    globalWrites: relevant.filter((call) => call.class === "global-write" && call.region === region),
    globalReads: relevant.filter((call) => call.class === "global-read" && call.region === region),
  };
};
