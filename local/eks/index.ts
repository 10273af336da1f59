import { type Association, Associations, type AssociationsOptions } from "./associations";
import { EksError } from "./errors";
import { type EksCall, operate } from "./operations";

export { type PodIdentityAgent, startPodIdentityAgent } from "./agent";
export type { Association } from "./associations";
export { assumeBySts } from "./session";

export interface EksOptions extends AssociationsOptions {
  /** The clusters that there are, by region: their names in EKS. */
  readonly clusters: Readonly<Record<string, readonly string[]>>;
}

export interface EksAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** The part of the EKS API that gives roles to pods, of clusters that exist. */
export interface Eks {
  /** Answers an authorised call: who calls and whether they may is settled before. */
  handle(call: EksCall & { readonly region: string }): Promise<EksAnswer>;
  /** It does nothing by itself: a region that is cut off is only not called. */
  suspend(region: string): void;
  resume(region: string): void;
  /** The association of a service account, if it has one. */
  associationOf(region: string, cluster: string, namespace: string, serviceAccount: string): Association | undefined;
}

export const createEks = (options: EksOptions): Eks => {
  const books = new Map<string, Associations>();
  for (const [region, names] of Object.entries(options.clusters))
    for (const name of names) books.set(keyOf(region, name), new Associations(region, name, options));
  return {
    handle: async (call) => {
      try {
        return answer(
          200,
          operate(call, (name) => books.get(keyOf(call.region, name))),
        );
      } catch (thrown) {
        if (!(thrown instanceof EksError)) throw thrown;
        return answer(thrown.status, { message: thrown.message }, { "x-amzn-errortype": thrown.code });
      }
    },
    suspend: () => undefined,
    resume: () => undefined,
    associationOf: (region, cluster, namespace, serviceAccount) => books.get(keyOf(region, cluster))?.of(namespace, serviceAccount),
  };
};

const keyOf = (region: string, cluster: string): string => `${region}/${cluster}`;

const answer = (status: number, content: unknown, headers: Readonly<Record<string, string>> = {}): EksAnswer => ({
  status,
  headers: { "content-type": "application/json", ...headers },
  body: Buffer.from(JSON.stringify(content)),
});
