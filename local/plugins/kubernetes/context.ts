import type { ClusterClient } from "./client";
import type { Settings } from "./configuration";

/** What the handlers work with: one cluster, the one that the configured context names. No other is ever asked. */
export interface Cluster {
  readonly settings: Settings;
  readonly client: ClusterClient;
}
