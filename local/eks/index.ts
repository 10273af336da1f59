import { AccessEntries } from "./access";
import { type Association, Associations, type AssociationsOptions } from "./associations";
import { EksError } from "./errors";
import { type Cluster, type EksCall, operate } from "./operations";

export { type PodIdentityAgent, startPodIdentityAgent } from "./agent";
export type { Association } from "./associations";
export { eksAuthenticator } from "./authenticator";
export { assumeBySts } from "./session";

export interface EksOptions extends AssociationsOptions {
  /** The clusters that there are, by region: their names in EKS. */
  readonly clusters: Readonly<Record<string, readonly string[]>>;
  /** Where a cluster's API is; undefined while none runs. */
  readonly endpointOf?: (region: string, name: string) => string | undefined;
}

export interface EksAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** The part of the EKS API that gives roles to pods and lets callers in, of clusters that exist. */
export interface Eks {
  /** Answers an authorised call: who calls and whether they may is settled before. */
  handle(call: EksCall & { readonly region: string }): Promise<EksAnswer>;
  /** It does nothing by itself: a region that is cut off is only not called. */
  suspend(region: string): void;
  resume(region: string): void;
  /** The association of a service account, if it has one. */
  associationOf(region: string, cluster: string, namespace: string, serviceAccount: string): Association | undefined;
  /** Whether a principal has an access entry, and its policies show it what is in a namespace; undefined: what is in none. */
  sees(region: string, cluster: string, principalArn: string, namespace: string | undefined): "stranger" | boolean;
}

export const createEks = (options: EksOptions): Eks => {
  const books = new Map<string, Omit<Cluster, "endpoint">>();
  for (const [region, names] of Object.entries(options.clusters))
    for (const name of names) books.set(keyOf(region, name), clusterOf(options, region, name));
  const described = (region: string, name: string): Cluster | undefined => {
    const book = books.get(keyOf(region, name));
    return book === undefined ? undefined : { ...book, endpoint: options.endpointOf?.(region, name) };
  };
  return {
    handle: async (call) => {
      try {
        return answer(
          200,
          operate(call, (name) => described(call.region, name)),
        );
      } catch (thrown) {
        if (!(thrown instanceof EksError)) throw thrown;
        return answer(thrown.status, { message: thrown.message }, { "x-amzn-errortype": thrown.code });
      }
    },
    suspend: () => undefined,
    resume: () => undefined,
    associationOf: (region, cluster, namespace, serviceAccount) =>
      books.get(keyOf(region, cluster))?.associations.of(namespace, serviceAccount),
    sees: (region, cluster, principalArn, namespace) =>
      books.get(keyOf(region, cluster))?.access.sees(principalArn, namespace) ?? "stranger",
  };
};

const clusterOf = (options: EksOptions, region: string, name: string): Omit<Cluster, "endpoint"> => ({
  name,
  arn: `arn:aws:eks:${region}:${options.account}:cluster/${name}`,
  associations: new Associations(region, name, options),
  access: new AccessEntries(name, { region, account: options.account, now: options.now }),
});

const keyOf = (region: string, cluster: string): string => `${region}/${cluster}`;

const answer = (status: number, content: unknown, headers: Readonly<Record<string, string>> = {}): EksAnswer => ({
  status,
  headers: { "content-type": "application/json", ...headers },
  body: Buffer.from(JSON.stringify(content)),
});
