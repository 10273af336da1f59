import type { PodIdentity } from "./images/image-map";

/** Gives pods the credentials of their service account's role: by variables that every SDK follows, as in EKS. */
export interface PodRoles {
  /** What the containers of a new pod get besides what they declare; nothing where no role is associated. `directory` is the pod's own. */
  variablesOf(pod: PodIdentity & { readonly serviceAccount: string }, directory: string): Readonly<Record<string, string>>;
  /** The pod is gone. */
  forget(pod: PodIdentity): void;
}

/** No pod has a role. */
export const noRoles: PodRoles = { variablesOf: () => ({}), forget: () => undefined };
