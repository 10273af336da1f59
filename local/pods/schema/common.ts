import { z } from "zod";
import { implemented, RECORDED_ONLY } from "./recorded";

export const strings = z.record(z.string(), z.string());

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-subdomain-names */
export const objectName = z
  .string()
  .max(253)
  .regex(
    /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/,
    "a lowercase RFC 1123 name: letters, digits, '-' and '.', beginning and ending with a letter or digit",
  );

export const metadata = implemented(
  {
    name: objectName.optional(),
    namespace: z.string().optional(),
    labels: strings.default({}),
    annotations: strings.default({}),
    finalizers: z.array(z.string()).optional(),
    ownerReferences: z.array(z.looseObject({ apiVersion: z.string(), kind: z.string(), name: z.string(), uid: z.string() })).optional(),
    uid: z.string().optional(),
    resourceVersion: z.string().optional(),
    generation: z.number().optional(),
    creationTimestamp: z.string().optional(),
    deletionTimestamp: z.string().optional(),
  },
  RECORDED_ONLY.metadata,
);

const expression = z.strictObject({
  key: z.string(),
  operator: z.enum(["In", "NotIn", "Exists", "DoesNotExist"]),
  values: z.array(z.string()).default([]),
});

export const labelSelector = z.strictObject({ matchLabels: strings.default({}), matchExpressions: z.array(expression).default([]) });
export type LabelSelector = z.output<typeof labelSelector>;

export const selects = (selector: LabelSelector, labels: { readonly [label: string]: string } = {}): boolean =>
  Object.entries(selector.matchLabels).every(([label, value]) => labels[label] === value) &&
  selector.matchExpressions.every(({ key, operator, values }) => {
    const value = labels[key];
    if (operator === "Exists") return value !== undefined;
    if (operator === "DoesNotExist") return value === undefined;
    const listed = value !== undefined && values.includes(value);
    return operator === "In" ? listed : !listed;
  });

export const intOrString = z.union([z.int(), z.string()]);
export const port = z.int().min(1).max(65535);
