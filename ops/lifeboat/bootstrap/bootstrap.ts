import { type StackName, stateRegion } from "../../../recovery/backend";
import type { Settings } from "../settings";
import type { BootstrapAws } from "./aws";
import { type BackendReport, checkBackends } from "./backend";
import { lookAtBucket } from "./bucket";
import type { Finding } from "./finding";
import { lookAtKey } from "./key";
import type { BootstrapOptions } from "./options";
import { namesOf, type PolicyScope } from "./policies";
import { lookAtRole } from "./role";

export interface BootstrapArgs {
  readonly aws: BootstrapAws;
  readonly settings: Settings;
  readonly options: BootstrapOptions;
  readonly environmentUrl?: string;
  readonly loggedIn: () => Promise<string | undefined>;
  /** Ends the run between two changes. */
  readonly signal?: AbortSignal;
}

/** A finding, and what became of it. */
export interface Outcome extends Omit<Finding, "change"> {
  readonly result: "found" | "would make" | "would tighten" | "made" | "tightened" | "left as it is";
}

export interface BootstrapReport {
  readonly accountId: string;
  readonly outcomes: readonly Outcome[];
  /** Only after a check: a stack is not yet anywhere before. */
  readonly backends?: BackendReport;
}

/**
 * Looks at everything first, so that what must be refused is refused before anything is made; then makes what is missing and tightens what is
 * loose, each stack's key before its bucket. Again, it finds what it made.
 */
export const bootstrap = async (args: BootstrapArgs): Promise<BootstrapReport> => {
  const { aws, settings, options } = args;
  const [first = "dr"] = options.stacks;
  const accountId = await aws.accountId(stateRegion(first, settings.regions));
  const scope = { system: settings.system, accountId, regions: settings.regions };
  const findings = (await Promise.all(options.stacks.map((stack) => lookAtStack(args, scope, stack)))).flat();
  const outcomes: Outcome[] = [];
  for (const { change, ...finding } of findings) {
    args.signal?.throwIfAborted();
    if (!options.check) await change?.();
    outcomes.push({ ...finding, result: resultOf(finding.state, options.check) });
  }
  return { accountId, outcomes, ...(options.check ? { backends: await backendsOf(args, scope, findings) } : {}) };
};

const lookAtStack = async (
  { aws, settings, options }: BootstrapArgs,
  scope: PolicyScope,
  stack: StackName,
): Promise<readonly Finding[]> => {
  const region = stateRegion(stack, settings.regions);
  const key = await lookAtKey(aws.keys(region), scope, stack, region);
  const bucket = await lookAtBucket({ buckets: aws.buckets(region), scope, stack, region, keyArn: key.arn });
  const role = await lookAtRole({ roles: aws.roles, scope, stack, grant: options.grant, principal: options.principal });
  return [...key.findings, ...bucket, ...role];
};

const resultOf = (state: Finding["state"], check: boolean): Outcome["result"] => {
  if (state === "found") return "found";
  if (state === "different") return "left as it is";
  if (state === "missing") return check ? "would make" : "made";
  return check ? "would tighten" : "tightened";
};

const backendsOf = (args: BootstrapArgs, scope: PolicyScope, findings: readonly Finding[]): Promise<BackendReport> => {
  const { aws, settings, options } = args;
  const standing = options.stacks.filter((stack) =>
    findings.some((finding) => finding.stack === stack && finding.part === "bucket" && finding.state !== "missing"),
  );
  return checkBackends(
    { ...aws.backends, loggedIn: args.loggedIn },
    {
      project: settings.project,
      regions: settings.regions,
      stacks: options.stacks,
      secretsProviders: settings.secretsProviders,
      ownBuckets: { prod: ownBucket(scope, "prod"), dr: ownBucket(scope, "dr") },
      standing,
      ...(args.environmentUrl === undefined ? {} : { environmentUrl: args.environmentUrl }),
      ...(settings.backendUrl === undefined ? {} : { projectUrl: settings.backendUrl }),
    },
  );
};

const ownBucket = (scope: PolicyScope, stack: StackName) => ({
  bucket: namesOf(scope, stack).bucket,
  region: stateRegion(stack, scope.regions),
});

/** Whether a person has nothing to do. */
export const isComplete = ({ outcomes, backends }: BootstrapReport): boolean =>
  outcomes.every(({ result }) => ["found", "made", "tightened"].includes(result)) && (backends?.problems.length ?? 0) === 0;
