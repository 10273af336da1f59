import { z } from "zod";
import {
  CLAIM,
  CONFIG_MAP,
  CRON_JOB,
  DEPLOYMENT,
  DISRUPTION_BUDGET,
  JOB,
  type Kind,
  NAMESPACE,
  NETWORK_POLICY,
  POD,
  SECRET,
  SERVICE,
  SERVICE_ACCOUNT,
  STATEFUL_SET,
} from "../api/kinds";
import type { JsonObject } from "../api/object";
import { type Cause, invalid, StatusError } from "../api/status";
import { metadata } from "./common";
import { podSpec } from "./pod";
import { implemented, RECORDED_ONLY } from "./recorded";
import { claimSpec, configMapFields, secretFields, serviceSpec } from "./services";
import { cronJobSpec, deploymentSpec, jobSpec, statefulSetSpec } from "./workloads";

const object = (fields: z.core.$ZodLooseShape, recorded: readonly string[] = []) =>
  implemented({ apiVersion: z.string(), kind: z.string(), metadata, ...fields }, ["status", ...recorded]);
const withSpec = (spec: z.ZodType) => object({ spec });

const SCHEMAS: ReadonlyMap<Kind, z.ZodType> = new Map<Kind, z.ZodType>([
  [NAMESPACE, object({ spec: z.strictObject({ finalizers: z.array(z.string()).optional() }).optional() })],
  [POD, withSpec(podSpec)],
  [SERVICE, withSpec(serviceSpec)],
  [CONFIG_MAP, object(configMapFields)],
  [SECRET, object(secretFields)],
  [SERVICE_ACCOUNT, object({}, RECORDED_ONLY.serviceAccount)],
  [CLAIM, withSpec(claimSpec)],
  [STATEFUL_SET, withSpec(statefulSetSpec)],
  [DEPLOYMENT, withSpec(deploymentSpec)],
  [NETWORK_POLICY, withSpec(implemented({}, RECORDED_ONLY.networkPolicy))],
  [DISRUPTION_BUDGET, withSpec(implemented({}, RECORDED_ONLY.disruptionBudget))],
  [JOB, withSpec(jobSpec)],
  [CRON_JOB, withSpec(cronJobSpec)],
]);

/** Refuses an object that is wrong, or that asks for something that this runner does not do, with the name of each such field. */
export const validate = (kind: Kind, name: string, candidate: JsonObject): void => {
  const schema = SCHEMAS.get(kind);
  if (schema === undefined) throw new StatusError(422, "Invalid", `${kind.kind}: Forbidden: the local pod runner makes these itself`);
  const result = schema.safeParse(candidate);
  if (!result.success) throw invalid(kind, name, result.error.issues.flatMap(causesOf));
};

const causesOf = (issue: z.core.$ZodIssue): readonly Cause[] => {
  const path = issue.path.reduce<string>(
    (text, key) => (typeof key === "number" ? `${text}[${key}]` : text === "" ? String(key) : `${text}.${String(key)}`),
    "",
  );
  if (issue.code !== "unrecognized_keys") return [{ field: path, message: `Invalid value: ${issue.message}` }];
  return issue.keys.map((key) => ({
    field: path === "" ? key : `${path}.${key}`,
    message: "Forbidden: the local pod runner does not implement this field (local/pods/schema)",
  }));
};
