import { backendUrlOf, type StackName, secretsProviderOf, stateRegion } from "../../../recovery/backend";
import { table, wrapped } from "../../drill/tables";
import type { Settings } from "../settings";
import { type BootstrapReport, isComplete } from "./bootstrap";
import { namesOf } from "./policies";

export interface Presented {
  readonly report: BootstrapReport;
  readonly settings: Settings;
  readonly stacks: readonly StackName[];
  /** Of an AWS that is not Amazon's. */
  readonly endpoint?: string;
}

/** What to type next, for each stack. */
export const nextCommands = ({
  report,
  settings,
  stacks,
  endpoint,
}: Presented): readonly { stack: StackName; commands: readonly string[] }[] =>
  stacks.map((stack) => {
    const region = stateRegion(stack, settings.regions);
    const { bucket, keyAlias } = namesOf({ ...settings, accountId: report.accountId }, stack);
    return {
      stack,
      commands: [
        `pulumi login '${backendUrlOf({ bucket, region }, endpoint)}'`,
        `pulumi stack init ${stack} --secrets-provider='${secretsProviderOf(keyAlias, region)}'`,
      ],
    };
  });

const DETAIL_WIDTH = 60;

export const renderBootstrap = (presented: Presented): string => {
  const { report, settings, stacks } = presented;
  const rows = report.outcomes.map(({ stack, part, name, region, result, detail }) => [
    stack,
    part,
    `${name}${region === undefined ? "" : `\n${region}`}`,
    result,
    wrapped(detail, DETAIL_WIDTH),
  ]);
  const { backends } = report;
  const backendLines = backends === undefined ? [] : ["", "Backends", ...backends.notes.map((note) => `  ${note}`)];
  const problems = (backends?.problems ?? []).map((problem) => `  WRONG: ${problem}`);
  const next = nextCommands(presented).flatMap(({ stack, commands }) => [`  # ${stack}`, ...commands.map((command) => `  ${command}`)]);
  return [
    `System ${settings.system}, account ${report.accountId}`,
    table(["stack", "part", "name", "result", "what was found"], rows),
    ...backendLines,
    ...problems,
    ...(isComplete(report) ? ["", `Next, ${stacks.length > 1 ? "each stack in its own backend" : "in its own backend"}`, ...next] : []),
  ].join("\n");
};

export const bootstrapJson = (presented: Presented): string => {
  const { report, settings } = presented;
  const { system, regions } = settings;
  return `${JSON.stringify({ system, regions, ...report, complete: isComplete(report), next: nextCommands(presented) }, null, 2)}\n`;
};
