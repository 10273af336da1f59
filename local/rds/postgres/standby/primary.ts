import type { AdminAccess } from "../admin";
import type { ServerParameters } from "../parameters";
import type { Serial } from "./serial";

/** Where a server runs. */
export interface Place {
  readonly zone: string;
  readonly dataDirectory: string;
}

/** What a standby needs of its primary, which is another process in another place after a failover. */
export interface Primary {
  readonly region: string;
  readonly resourceId: string;
  readonly place: () => Place;
  readonly access: () => AdminAccess;
  readonly isRunning: () => boolean;
  readonly parameters: () => ServerParameters;
  /** Writes its configuration, with what `MultiAz.settings` says, without loading it. */
  readonly write: () => Promise<void>;
  /** Loads it; resolves when it is loaded. */
  readonly load: () => Promise<void>;
  /** No two of starting, moving, restarting and the making of a standby at a time. */
  readonly exclusive: Serial;
  /** Starts it on the directory of its standby, which has stopped, at its own port; it archives from there on. */
  readonly moveTo: (place: Place, signal: AbortSignal) => Promise<void>;
}
