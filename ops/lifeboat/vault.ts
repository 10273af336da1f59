import { KMSClient } from "@aws-sdk/client-kms";
import { S3Client } from "@aws-sdk/client-s3";
import { GetParameterCommand, ParameterNotFound, SSMClient } from "@aws-sdk/client-ssm";
import { kmsAuthenticity } from "../../lambdas/shared/authenticity";
import { catalogueOf } from "../../lambdas/shared/catalogue";
import { readJson } from "../../lambdas/shared/json";
import { reasonOf } from "../../lambdas/shared/log";
import type { ObjectStore } from "../../lambdas/shared/objects";
import { s3Objects } from "../../lambdas/shared/s3-objects";
import type { CatalogueReader } from "../../recovery/catalogue/select";
import { Standing } from "../../recovery/catalogue/standing";
import { LifeboatError } from "../../recovery/errors";
import { catalogueKeyAlias, parameterNames } from "../../recovery/names";
import type { RecoverySide } from "./place";

/** Where and as whom AWS is called; what is not given comes from the environment. */
export interface Access {
  readonly endpoint?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** The vault and its catalogue, found by what stands in the recovery region alone. */
export interface VaultConnection {
  readonly standing: Pick<Standing, "buckets" | "keyArn" | "functions" | "stores"> & {
    readonly chroma?: Pick<Standing["chroma"], "restore">;
    readonly postgres?: Pick<NonNullable<Standing["postgres"]>, "instance">;
  };
  readonly vault: ObjectStore;
  readonly catalogue: CatalogueReader;
  close(): void;
}

const WhatStands = Standing.pick({ system: true, buckets: true, keyArn: true, functions: true, stores: true }).extend({
  chroma: Standing.shape.chroma.pick({ restore: true }).optional(),
  postgres: Standing.shape.postgres.unwrap().pick({ instance: true }).optional(),
});

/** @throws LifeboatError, code store-unavailable, when the recovery region does not say what stands there. */
export const connectVault = async (access: Access, { system, recoveryRegion }: RecoverySide): Promise<VaultConnection> => {
  const client = { ...access, region: recoveryRegion };
  const [ssm, kms] = [new SSMClient(client), new KMSClient(client)];
  const s3 = new S3Client({ ...client, ...(access.endpoint === undefined ? {} : { forcePathStyle: true }) });
  const close = (): void => {
    for (const one of [ssm, kms, s3]) one.destroy();
  };
  try {
    const standing = await readStanding(ssm, system);
    const vault = s3Objects(s3, standing.buckets.vault);
    return { standing, vault, catalogue: catalogueOf(vault, kmsAuthenticity(kms, catalogueKeyAlias(system))), close };
  } catch (error) {
    close();
    throw error;
  }
};

const readStanding = async (ssm: SSMClient, system: string) => {
  const name = parameterNames(system).standing;
  const { value, problem } = readJson(WhatStands, await parameter(ssm, name));
  if (value?.system === system) return value;
  throw unreadable(name, problem ?? `it is of system ${value?.system}`);
};

const parameter = async (ssm: SSMClient, name: string): Promise<string> => {
  try {
    return (await ssm.send(new GetParameterCommand({ Name: name }))).Parameter?.Value ?? "";
  } catch (error) {
    throw unreadable(name, error instanceof ParameterNotFound ? "there is no such parameter" : reasonOf(error), error);
  }
};

const unreadable = (name: string, received: string, cause?: unknown): LifeboatError =>
  new LifeboatError({
    code: "store-unavailable",
    what: `Parameter ${name} does not say where the vault is`,
    received,
    hint: "Check the system, the region and your credentials; `pulumi up` on prod writes it in the recovery region",
    cause,
  });
