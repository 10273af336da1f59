import * as z from "zod";

/** A schedule calls it; nothing of the event is read. */
export const WatchEvent = z.unknown();

/** The stores that can be watched today. */
export const WatchedStore = z.enum(["postgres", "chroma", "objects"]);
export type WatchedStore = z.infer<typeof WatchedStore>;

/** What the last sample saw. A store without a lag published nothing: its alarm treats missing data as breaching. */
export const Lag = z.object({
  store: WatchedStore,
  lagSeconds: z.number().nonnegative().optional(),
  /** Of a store whose replication has a status of its own: whether it is not known to go on. */
  replicationStopped: z.boolean().optional(),
  reason: z.string(),
});
export type Lag = z.infer<typeof Lag>;

export const WatchResponse = z.object({ samples: z.int().nonnegative(), last: z.array(Lag) });
export type WatchResponse = z.infer<typeof WatchResponse>;
