import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { ChromaImportResponse } from "../../lambdas/chroma-import/events";
import { CutOverResponse } from "../../lambdas/cut-over/events";
import { ResolveResponse } from "../../lambdas/resolve/events";
import { ValidateResponse } from "../../lambdas/validate/events";
import { ChromaServer } from "../components/chroma/chromaServer";
import { guard, WholeSystem } from "../components/guard/wholeSystem";
import type { DrConfiguration } from "../config/read";
import { readStanding, requireDatabase, requireFunctions } from "./drCatalogue";
import { clusterOfRecovery, requireCluster } from "./drCluster";
import { databaseMethod, recoverDatabase } from "./drDatabase";
import { recoveredDocuments } from "./drDocuments";
import { stepsOf } from "./drSteps";
import { type Request, requireRecoverable } from "./drTrial";

/** Brings a system back in the recovery region, from what stands there and from nothing else. */
export const deployDr = async (configuration: DrConfiguration) => {
  const { system, mode, regions } = configuration;
  const region = { provider: new aws.Provider("recovery", { region: regions.recovery }) };
  const standing = await readStanding(configuration, region);
  const functions = requireFunctions(standing);
  requireDatabase(standing);
  if (configuration.cluster.kind === "standing") requireCluster(standing);
  const request: Request = {
    mode,
    strategy: configuration.strategy,
    database: databaseMethod(configuration, standing),
    ...(configuration.time === undefined ? {} : { time: configuration.time }),
    stores: standing.stores,
  };
  await requireRecoverable(functions.resolve, request, configuration, region);
  const whole = new WholeSystem("system");
  const recovery = { ...region, parent: whole };

  // The id lives in the state: a second `up` is the same recovery, a new stack is a new one.
  const suffix = new random.RandomId("recovery", { byteLength: 4 }, { parent: whole });
  const recoveryId = pulumi.interpolate`${mode}-${suffix.hex}`;
  const step = stepsOf(functions, recovery);
  const plan = step("resolve", ResolveResponse, { recoveryId, ...request });
  // The database and the vectors come back at the same time: neither knows of the other.
  const cluster = clusterOfRecovery(configuration, standing, plan.recoveryId, recovery);
  const database = recoverDatabase({ configuration, standing, plan, step, clusterSecurityGroupId: cluster.securityGroupId }, recovery);
  const server = new ChromaServer(
    "chroma",
    {
      ...configuration.server,
      namespace: configuration.cluster.namespace,
      port: standing.chroma.port,
      clientCidr: standing.chroma.clientCidr,
      protect: mode === "failover",
    },
    { parent: whole, provider: cluster.provider },
  );
  const chroma = step("chroma-import", ChromaImportResponse, { recoveryId: plan.recoveryId, chromaUrl: server.url });
  const documents = await recoveredDocuments({ configuration, standing, suffix: suffix.hex, recoveryId: plan.recoveryId, step }, recovery);
  const validation = step("validate", ValidateResponse, {
    recoveryId: chroma.recoveryId,
    chromaUrl: server.url,
    documentsBucket: documents,
    postgres: database.usable,
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
    postgres: database.endpoint,
  };
  const cutOver =
    mode === "failover" && configuration.cutOver === "automatic"
      ? step("cut-over", CutOverResponse, { recoveryId: validation.recoveryId, endpoints })
      : undefined;
  if (mode === "failover") guard(whole);
  return {
    recoveryId,
    plan,
    postgres: database.result,
    postgresEndpoint: database.endpoint,
    chroma,
    validation,
    chromaUrl: server.url,
    documentsBucket: documents,
    cutOver,
  };
};
