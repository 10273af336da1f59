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

/** Somebody who is let in to the API by a token that is not the kubeconfig's, and may only look. */
export interface Visitor {
  readonly name: string;
  /** Whether it may see what is in this namespace; undefined: what is in none. */
  sees(namespace: string | undefined): boolean;
}

/** Whose a token is; undefined for a token of nobody. */
export type TokenReview = (token: string) => Promise<Visitor | undefined>;

export const noVisitors: TokenReview = async () => undefined;
