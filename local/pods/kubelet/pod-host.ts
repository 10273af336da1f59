import type { Store } from "../api/store";
import type { ImageMap, PodIdentity } from "../images/image-map";

/** What a container needs of its pod and of the runner. */
export interface PodHost {
  readonly pod: PodIdentity;
  readonly store: Store;
  readonly images: ImageMap;
  /** The pod's own folder: logs, emptyDirs, container layers. */
  readonly directory: string;
  /** What the role of its service account adds to every container's environment. */
  readonly roleVariables: Readonly<Record<string, string>>;
  readonly graceMs: number;
  readonly restartBackoffMs: number;
  timestamp(): string;
  /** Makes the volumes ready: name to folder. */
  mount(): ReadonlyMap<string, string>;
  /** Resolves when containers may start: not while the pod's disk is being erased. */
  gate(): Promise<void>;
  /** The runner restarts nothing any more. */
  frozen(): boolean;
  /** Something of the pod's status changed. */
  readonly changed: () => void;
  event(type: "Normal" | "Warning", reason: string, message: string): void;
}
