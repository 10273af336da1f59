/** A pod, and the account that it runs under. */
export interface PodAccount {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly serviceAccount: string;
}
