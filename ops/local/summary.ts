import type { Observation } from "./observe";
import type { State } from "./state";

export type Running = Extract<Observation, { is: "running" }>;

/** What it is and where, in a few lines. */
export const endpointLines = ({ awsUrl, regions, clusters, kubeconfig }: State): readonly string[] => [
  `  AWS         ${awsUrl}, ${regions.primary} and ${regions.recovery}`,
  `  Kubernetes  ${clusters.primary.context} and ${clusters.recovery.context} in ${kubeconfig}`,
];

/** What a person types next. */
export const nextLines = (): readonly string[] => [
  "In this shell, or in any other:",
  `  eval "$(npm run -s local -- env)"    # stack prod; dr: env --stack dr`,
  "  pulumi up                            # also preview, refresh, destroy, stack output",
  "  aws s3 ls",
  `  eval "$(npm run -s local -- env)"    # again, once prod is deployed: it names the database then`,
  "  psql",
  "Its endpoints: npm run local -- env --json. To stop it and delete its data: npm run local -- down",
];

export const runningSince = ({ state, holder }: Running): string => `since ${state.since}, process ${holder.process.pid}`;
