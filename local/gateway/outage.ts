import type { CallClass, Caller } from "./calls";
import type { Clock } from "./clock";
import { controlPlaneRegion } from "./global";

/** `refuse` resets the connection, `drop` never answers, `delay` answers late. */
export type OutageMode = "refuse" | "drop" | "delay";

export interface Cut {
  readonly region: string;
  readonly mode: OutageMode;
  readonly since: Date;
}

/** What decides whether a call can reach anything. */
export interface Reach {
  readonly region: string;
  readonly class: CallClass;
  readonly bucketHome?: string;
  readonly sourceHome?: string;
  readonly caller?: Caller;
}

/**
 * The regions that a call needs. A function's own region is one of them, whatever it signs for: MiniStack keeps running the functions of a
 * lost region, and nothing that they do may leave it. A read of a global service needs none: its data plane is everywhere.
 */
export const regionsNeeded = (call: Reach): readonly string[] => {
  const caller = call.caller?.kind === "function" && call.caller.region !== undefined ? [call.caller.region] : [];
  if (call.class === "global-read") return caller;
  if (call.class === "global-write") return [...caller, controlPlaneRegion];
  return [...caller, call.region, call.bucketHome, call.sourceHome].filter((region) => region !== undefined);
};

export interface Outage {
  /** Cuts a region off: calls that need it fail from now on, those under way are broken off. */
  cut(region: string, mode?: OutageMode): void;
  restore(region: string): void;
  current(): readonly Cut[];
}

export interface Outages extends Outage {
  /** The cut that a call runs into, the harshest first. */
  of(regions: readonly string[]): Cut | undefined;
  isCut(region: string): boolean;
}

const harshness: Readonly<Record<OutageMode, number>> = { refuse: 2, drop: 1, delay: 0 };

export interface OutageEvents {
  onCut(cut: Cut): void;
  onRestore(region: string): void;
}

export const createOutages = (clock: Clock, events: OutageEvents): Outages => {
  const cuts = new Map<string, Cut>();
  return {
    cut: (region, mode = "refuse") => {
      const cut = { region, mode, since: clock.now() };
      cuts.set(region, cut);
      events.onCut(cut);
    },
    restore: (region) => {
      if (cuts.delete(region)) events.onRestore(region);
    },
    current: () => [...cuts.values()],
    of: (regions) =>
      regions
        .map((region) => cuts.get(region))
        .filter((cut) => cut !== undefined)
        .sort((a, b) => harshness[b.mode] - harshness[a.mode])[0],
    // A slow region is reachable: replication and alarms go on in it.
    isCut: (region) => cuts.has(region) && cuts.get(region)?.mode !== "delay",
  };
};
