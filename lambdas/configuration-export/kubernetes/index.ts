import { setTimeout } from "node:timers/promises";
import { EKSClient } from "@aws-sdk/client-eks";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { deadlineOf } from "../../shared/deadline";
import type { ObjectSource } from "../source";
import { kubernetesApi } from "./api";
import { kubernetesObjects } from "./source";
import { askThroughFunction } from "./through-function";
import { eksTokens } from "./token";

export interface ClusterSettings {
  readonly cluster: string;
  readonly namespaces: readonly string[];
  readonly reader: string;
}

const lambda = new LambdaClient({});
const eks = new EKSClient({});

/** A question may take a quarter of a minute, and how far each subject is behind is still to be told. */
const MARGIN_MS = 30_000;

/** STS's address in a region, where every SDK looks for it. https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html */
const stsEndpoint = (region: string): string =>
  process.env.AWS_ENDPOINT_URL_STS ?? process.env.AWS_ENDPOINT_URL ?? `https://sts.${region}.amazonaws.com`;

/** A source for each namespace, which share what is known of the cluster. */
export const clusterObjects = (
  { cluster: clusterName, namespaces, reader: functionName }: ClusterSettings,
  { region, now, remainingMs }: { readonly region: string; readonly now: () => Date; readonly remainingMs: () => number },
): readonly ObjectSource[] => {
  const token = eksTokens({ credentials: () => lambda.config.credentials(), region, stsEndpoint: stsEndpoint(region), clusterName, now });
  const api = kubernetesApi(
    askThroughFunction({ lambda, functionName, eks, clusterName, token }),
    (ms) => setTimeout(ms),
    deadlineOf(remainingMs, MARGIN_MS),
  );
  return namespaces.map((namespace) => kubernetesObjects(api, { clusterName, namespace, region }));
};
