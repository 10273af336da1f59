import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AssociateAccessPolicyCommand, CreateAccessEntryCommand, DescribeClusterCommand, EKSClient } from "@aws-sdk/client-eks";
import { KubeConfig, KubernetesObjectApi } from "@kubernetes/client-node";
import { kubernetesApi } from "../../../lambdas/configuration-export/kubernetes/api";
import type { AskKubernetes } from "../../../lambdas/configuration-export/kubernetes/ask";
import { kubernetesObjects } from "../../../lambdas/configuration-export/kubernetes/source";
import { eksTokens } from "../../../lambdas/configuration-export/kubernetes/token";
import type { ObjectSource } from "../../../lambdas/configuration-export/source";
import { askKubernetes } from "../../../lambdas/kubernetes-read/ask";
import { createEks, type Eks, eksAuthenticator } from "../../../local/eks";
import { ADMIN_VIEW_POLICY } from "../../../local/eks/access";
import { type PodRunner, startPods, writeKubeconfig } from "../../../local/pods";
import { testImages } from "../../support/pods";
import { primary, root } from "./emulator";

export const CLUSTER = "acme-test";
const ACCOUNT = "000000000000";
const now = (): Date => new Date();

export interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** A cluster in EKS that lets in who has an access entry, as far as that says. */
export interface EksWithPods {
  readonly eks: Eks;
  readonly runner: PodRunner;
  /** With the kubeconfig's token, which may do everything. */
  readonly objects: KubernetesObjectApi;
  /** Lets a principal in to look at these namespaces. */
  letIn(principalArn: string, namespaces: readonly string[]): Promise<void>;
  /** Asks the cluster as who has these keys, found by EKS. */
  askAs(keys: Keys, clusterName?: string): AskKubernetes;
  stop(): Promise<void>;
}

/** EKS is part of the gateway, and the gateway is what the cluster asks whose a token is: one is made before the other. */
export const createTestEks = () => {
  let url: string | undefined;
  const eks = createEks({ account: ACCOUNT, now, random: Math.random, clusters: { [primary]: [CLUSTER] }, endpointOf: () => url });
  return { eks, runsAt: (at: string) => (url = at) };
};

export const startEksPods = async ({ eks, runsAt }: ReturnType<typeof createTestEks>, gatewayUrl: string): Promise<EksWithPods> => {
  const folder = mkdtempSync(join(tmpdir(), "lifeboat-eks-"));
  const authenticate = eksAuthenticator({ stsEndpoint: gatewayUrl, clusterName: CLUSTER, now });
  const runner = await startPods({
    region: primary,
    dataRoot: folder,
    images: testImages,
    visitors: async (token) => {
      const name = await authenticate(token);
      if (name === undefined || eks.sees(primary, CLUSTER, name, undefined) === "stranger") return undefined;
      return { name, sees: (namespace) => eks.sees(primary, CLUSTER, name, namespace) === true };
    },
  });
  runsAt(runner.url);
  const file = join(folder, "kubeconfig");
  writeKubeconfig(file, [runner]);
  const config = new KubeConfig();
  config.loadFromFile(file);
  const client = new EKSClient({ endpoint: gatewayUrl, region: primary, credentials: root });
  return {
    eks,
    runner,
    objects: KubernetesObjectApi.makeApiClient(config),
    letIn: async (principalArn, namespaces) => {
      await client.send(new CreateAccessEntryCommand({ clusterName: CLUSTER, principalArn }));
      const accessScope = { type: "namespace" as const, namespaces: [...namespaces] };
      await client.send(
        new AssociateAccessPolicyCommand({ clusterName: CLUSTER, principalArn, policyArn: ADMIN_VIEW_POLICY, accessScope }),
      );
    },
    askAs: (keys, clusterName = CLUSTER) => {
      const token = eksTokens({ credentials: async () => keys, region: primary, stsEndpoint: gatewayUrl, clusterName, now });
      return async (path) => {
        const { cluster } = await client.send(new DescribeClusterCommand({ name: CLUSTER }));
        const { status, body } = await askKubernetes({ endpoint: cluster?.endpoint ?? "", token: await token(), path });
        return { status, text: body.toString("utf8") };
      };
    },
    stop: async () => {
      client.destroy();
      await runner.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

/** Failures pass at once: what is waited for is not what is tested. */
export const sourceOf = (ask: AskKubernetes, namespace: string): ObjectSource =>
  kubernetesObjects(
    kubernetesApi(ask, async () => {}),
    { clusterName: CLUSTER, namespace, region: primary },
  );

/** The items of a List in a file. */
export const itemsOf = (file: string): readonly Item[] => (JSON.parse(readFileSync(file, "utf8")) as { items: Item[] }).items;

export interface Item {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly data?: Readonly<Record<string, string>>;
}
