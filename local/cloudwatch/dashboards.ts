import { z } from "zod";
import { CloudWatchError } from "./errors";
import { page, parseInput } from "./shapes";

interface Dashboard {
  readonly body: string;
  readonly modifiedAt: Date;
}

/** Dashboards belong to the account, not to a region: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Dashboards.html */
export type Dashboards = Map<string, Dashboard>;

export interface DashboardContext {
  readonly dashboards: Dashboards;
  readonly account: string;
  readonly now: Date;
}

const name = z.string().regex(/^[A-Za-z0-9_-]{1,255}$/, "holds letters, digits, dashes and underscores");
const missing = (names: readonly string[]): CloudWatchError =>
  new CloudWatchError("DashboardNotFoundError", `Dashboard ${names.join(", ")} does not exist`, 404, "ResourceNotFound");
const arnOf = (dashboard: string, account: string): string => `arn:aws:cloudwatch::${account}:dashboard/${dashboard}`;

export const putDashboard = (raw: unknown, { dashboards, now }: DashboardContext): object => {
  const { DashboardName, DashboardBody } = parseInput(z.strictObject({ DashboardName: name, DashboardBody: z.string() }), raw);
  try {
    JSON.parse(DashboardBody);
  } catch {
    throw new CloudWatchError(
      "DashboardInvalidInputError",
      "The field DashboardBody must be a valid JSON object",
      400,
      "InvalidParameterInput",
    );
  }
  dashboards.set(DashboardName, { body: DashboardBody, modifiedAt: now });
  return { DashboardValidationMessages: [] };
};

export const getDashboard = (raw: unknown, { dashboards, account }: DashboardContext): object => {
  const { DashboardName } = parseInput(z.strictObject({ DashboardName: name }), raw);
  const found = dashboards.get(DashboardName);
  if (found === undefined) throw missing([DashboardName]);
  return { DashboardArn: arnOf(DashboardName, account), DashboardBody: found.body, DashboardName };
};

export const listDashboards = (raw: unknown, { dashboards, account }: DashboardContext): object => {
  const input = z.strictObject({ DashboardNamePrefix: z.string().default(""), NextToken: z.string().optional() });
  const { DashboardNamePrefix, NextToken } = parseInput(input, raw);
  const found = [...dashboards].filter(([each]) => each.startsWith(DashboardNamePrefix));
  const { items, next } = page(found, NextToken, 1000);
  const entries = items.map(([DashboardName, { body, modifiedAt }]) => ({
    DashboardName,
    DashboardArn: arnOf(DashboardName, account),
    LastModified: modifiedAt,
    Size: Buffer.byteLength(body),
  }));
  return { DashboardEntries: entries, NextToken: next };
};

export const deleteDashboards = (raw: unknown, { dashboards }: DashboardContext): object => {
  const { DashboardNames } = parseInput(z.strictObject({ DashboardNames: z.array(name).min(1) }), raw);
  const unknown = DashboardNames.filter((each) => !dashboards.has(each));
  if (unknown.length > 0) throw missing(unknown);
  for (const each of DashboardNames) dashboards.delete(each);
  return {};
};
