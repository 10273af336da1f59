/** The kinds of store that a company's system keeps its data in. */
export const STORES = ["postgres", "chroma", "objects", "configuration"] as const;
export type Store = (typeof STORES)[number];

/** What `dr` is run for. A drill is isolated and goes away; a failover is real. */
export const RECOVERY_MODES = ["drill", "failover"] as const;
export type RecoveryMode = (typeof RECOVERY_MODES)[number];

/** How the point to recover to is chosen: the newest usable one, or the newest at or before a given time. */
export const STRATEGIES = ["latest", "point-in-time"] as const;
export type Strategy = (typeof STRATEGIES)[number];
