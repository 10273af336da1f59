import * as aws from "@pulumi/aws";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { ChromaImportResponse } from "../../lambdas/chroma-import/events";
import { CutOverResponse } from "../../lambdas/cut-over/events";
import { DocumentsRestoreResponse } from "../../lambdas/documents-restore/events";
import { ResolveResponse } from "../../lambdas/resolve/events";
import { ValidateResponse } from "../../lambdas/validate/events";
import type { Standing } from "../../recovery/catalogue/standing";
import { drillBucketPrefix } from "../../recovery/names";
import { ChromaServer } from "../components/chroma/chromaServer";
import { recoveryStep, type StepEvent } from "../components/functions/step";
import { guard, WholeSystem } from "../components/guard/wholeSystem";
import { SecureBucket } from "../components/storage/secureBucket";
import type { DrConfiguration } from "../config/read";
import { type RecoveryFunctions, readStanding, requireFunctions, requireUsablePoints } from "./drCatalogue";

/** Brings a system back in the recovery region, from what stands there and from nothing else. */
export const deployDr = async (configuration: DrConfiguration) => {
  const { system, mode, regions } = configuration;
  const region = { provider: new aws.Provider("recovery", { region: regions.recovery }) };
  const standing = await readStanding(configuration, region);
  const functions = requireFunctions(standing);
  await requireUsablePoints(configuration, standing, region);
  const whole = new WholeSystem("system");
  const recovery = { ...region, parent: whole };

  // The id lives in the state: a second `up` is the same recovery, a new stack is a new one.
  const suffix = new random.RandomId("recovery", { byteLength: 4 }, { parent: whole });
  const recoveryId = pulumi.interpolate`${mode}-${suffix.hex}`;
  const step = stepsOf(functions, recovery);
  const plan = step("resolve", ResolveResponse, {
    recoveryId,
    mode,
    strategy: configuration.strategy,
    ...(configuration.time === undefined ? {} : { time: configuration.time }),
    stores: standing.stores,
  });
  const server = new ChromaServer(
    "chroma",
    {
      ...configuration.server,
      namespace: configuration.cluster.namespace,
      port: standing.chroma.port,
      clientCidr: standing.chroma.clientCidr,
      protect: mode === "failover",
    },
    { parent: whole, provider: new k8s.Provider("recovery", { context: configuration.cluster.context }) },
  );
  const chroma = step("chroma-import", ChromaImportResponse, { recoveryId: plan.recoveryId, chromaUrl: server.url });
  const documents =
    mode === "drill"
      ? await drillDocuments(configuration, standing, suffix.hex, plan.recoveryId, step, recovery)
      : standing.buckets.documentsReplica;
  const validation = step("validate", ValidateResponse, {
    recoveryId: chroma.recoveryId,
    chromaUrl: server.url,
    documentsBucket: documents,
    references: configuration.references,
  });
  const endpoints = {
    schema: "lifeboat/live/1",
    system,
    region: regions.recovery,
    // A validation that did not pass is an error of its step, and nothing behind it runs.
    recoveryId: validation.recoveryId,
    documentsBucket: documents,
    chromaUrl: server.url,
  };
  const cutOver =
    mode === "failover" && configuration.cutOver === "automatic"
      ? step("cut-over", CutOverResponse, { recoveryId: validation.recoveryId, endpoints })
      : undefined;
  if (mode === "failover") guard(whole);
  return { recoveryId, plan, chroma, validation, chromaUrl: server.url, documentsBucket: documents, cutOver };
};

type Step = <T>(
  name: keyof RecoveryFunctions,
  result: Parameters<typeof recoveryStep<T>>[3],
  event: StepEvent,
  options?: pulumi.CustomResourceOptions,
) => pulumi.Output<T>;

const stepsOf =
  (functions: RecoveryFunctions, recovery: pulumi.CustomResourceOptions): Step =>
  (name, result, event, options) =>
    recoveryStep(name, functions[name], event, result, { ...recovery, ...options });

/** A drill copies the documents to a bucket of its own, which goes away with the stack: it may never touch the live-ready replica. */
const drillDocuments = async (
  { system }: DrConfiguration,
  standing: Standing,
  suffix: pulumi.Output<string>,
  recoveryId: pulumi.Output<string>,
  step: Step,
  recovery: pulumi.ComponentResourceOptions,
): Promise<pulumi.Output<string>> => {
  const { accountId } = await aws.getCallerIdentity({}, recovery);
  const bucket = new SecureBucket(
    "drill-documents",
    {
      bucketName: pulumi.interpolate`${drillBucketPrefix({ system, accountId })}${suffix}`,
      keyArn: standing.keyArn,
      purpose: "a drill's copy of the documents",
      disposable: true,
    },
    recovery,
  );
  const restored = step(
    "documents-restore",
    DocumentsRestoreResponse,
    { recoveryId, targetBucket: bucket.bucketName },
    { dependsOn: [bucket.versioning] },
  );
  return restored.apply(() => bucket.bucketName);
};
