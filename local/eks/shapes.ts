import { z } from "zod";
import type { Association } from "./associations";
import { invalidParameter } from "./errors";

const text = z.string().min(1);
const tags = z.record(z.string(), z.string()).default({});
/** They are the default, and conditions of trust policies rest on them. */
const sessionTags = z.literal(false).optional();

/** https://docs.aws.amazon.com/eks/latest/APIReference/API_CreatePodIdentityAssociation.html */
export const CreateInput = z.strictObject({
  namespace: text,
  serviceAccount: text,
  roleArn: text.regex(/^arn:aws[a-z-]*:iam::\d{12}:role\/.+$/, "the ARN of a role"),
  clientRequestToken: text.optional(),
  tags,
  disableSessionTags: sessionTags,
});

/** https://docs.aws.amazon.com/eks/latest/APIReference/API_UpdatePodIdentityAssociation.html */
export const UpdateInput = CreateInput.pick({ roleArn: true, clientRequestToken: true, disableSessionTags: true }).partial();

/** https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateAccessEntry.html */
export const CreateAccessEntryInput = z.strictObject({
  principalArn: text.regex(/^arn:aws[a-z-]*:iam::\d{12}:(role|user)\/.+$/, "the ARN of a role or a user"),
  type: z.literal("STANDARD").default("STANDARD"),
  clientRequestToken: text.optional(),
  tags,
});

/** https://docs.aws.amazon.com/eks/latest/APIReference/API_AssociateAccessPolicy.html */
export const AssociatePolicyInput = z.strictObject({
  policyArn: text,
  accessScope: z.discriminatedUnion("type", [
    z.strictObject({ type: z.literal("cluster") }),
    z.strictObject({ type: z.literal("namespace"), namespaces: z.array(text).min(1) }),
  ]),
});

export const TagInput = z.strictObject({ tags });

/** @throws EksError that names what is wrong, or what this service does not implement. */
export const parseBody = <T>(schema: z.ZodType<T>, body: Buffer): T => {
  const parsed = schema.safeParse(jsonOf(body));
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) =>
    issue.code === "unrecognized_keys"
      ? `the embedded EKS does not implement ${issue.keys.join(", ")} (local/eks)`
      : `${issue.path.join(".")}: ${issue.message}`,
  );
  throw invalidParameter(problems.join("; "));
};

const jsonOf = (body: Buffer): unknown => {
  try {
    return JSON.parse(body.length === 0 ? "{}" : body.toString("utf8"));
  } catch {
    throw invalidParameter("the body is not JSON");
  }
};

export const seconds = (time: Date): number => time.getTime() / 1000;

export const associationView = ({ clientRequestToken: _, createdAt, modifiedAt, ...rest }: Association) => ({
  ...rest,
  createdAt: seconds(createdAt),
  modifiedAt: seconds(modifiedAt),
  disableSessionTags: false,
});

export const associationSummary = ({ clusterName, namespace, serviceAccount, associationArn, associationId }: Association) => ({
  ...{ clusterName, namespace, serviceAccount, associationArn, associationId },
});
