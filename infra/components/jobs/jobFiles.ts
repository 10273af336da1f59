import { createHash } from "node:crypto";
import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

export interface JobFilesArgs {
  readonly name: string;
  readonly namespace: pulumi.Input<string>;
  readonly labels: Readonly<Record<string, string>>;
  readonly files: Readonly<Record<string, string>>;
}

const DIGITS = 10;

/**
 * A job's scripts as an immutable ConfigMap, whose name says what is in it: a change is another ConfigMap, made before the job names it, and a pod that
 * starts meanwhile finds the one that it was made for.
 */
export const jobFiles = (
  logicalName: string,
  { name, namespace, labels, files }: JobFilesArgs,
  options: pulumi.CustomResourceOptions,
): k8s.core.v1.ConfigMap => {
  const data = Object.fromEntries(Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1)));
  const digest = createHash("sha256").update(JSON.stringify(data)).digest("hex").slice(0, DIGITS);
  return new k8s.core.v1.ConfigMap(
    logicalName,
    { metadata: { name: `${name}-${digest}`, namespace, labels: { ...labels } }, data, immutable: true },
    options,
  );
};
