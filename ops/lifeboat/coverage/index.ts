import { LambdaClient } from "@aws-sdk/client-lambda";
import { GetParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { type CoverageEvent, CoverageResponse } from "../../../lambdas/coverage/events";
import { readJson } from "../../../lambdas/shared/json";
import { type Progress, silentProgress } from "../../../local/progress";
import { LiveEndpoints } from "../../../recovery/catalogue/standing";
import { messageOf } from "../../../recovery/errors";
import { functionName, parameterNames } from "../../../recovery/names";
import { told } from "../../drill/context";
import { untilAborted } from "../aborted";
import type { Command } from "../command";
import { FUNCTION_TIMEOUT_MS, invoke } from "../invoke";
import type { RecoverySide } from "../place";
import { stderrProgress } from "../progress";
import { readDefaults } from "../strategy/defaults";
import type { Access } from "../vault";
import { type ListedCollections, listCollections } from "./collections";
import { listRepositories } from "./forges";
import { type CoverageOptions, parseCoverageOptions, readConfigured, USAGE } from "./options";
import { coverageJson, renderCoverage } from "./report";

export interface CoverageConnection {
  /** Has the function look now; its alarm does not move. */
  look(listed: Pick<CoverageEvent, "collections" | "repositories">): Promise<CoverageResponse>;
  /** The Chroma server that applications use. Throws what keeps it from being known. */
  chromaUrl(): Promise<string>;
  close(): void;
}

type Phase = readonly [from: number, to: number];

/** What a person sees pass; how much of the account is looked at, only the function knows. */
const PHASES = { collections: [0, 0.2], repositories: [0.2, 0.4], account: 0.4 } as const;

/** Resolves to 0 when nothing is uncovered, 1 when something is, or is not known. Changes nothing. */
export const coverageCommandWith = (
  connect: (side: RecoverySide) => CoverageConnection,
  progress: () => Progress = () => silentProgress,
): Command => ({
  name: "coverage",
  summary: "what exists in the account against what is protected",
  usage: USAGE,
  async run(argv, { projectDir, out, signal, environment }) {
    const options = parseCoverageOptions(argv, readDefaults(projectDir));
    const { tenants, forges, repositoryUrls } = readConfigured(projectDir);
    const asked = options.repositories ? forges : [];
    const connection = connect(options);
    try {
      const coverage = await told(
        progress(),
        `Comparing what ${options.system} has with what is protected`,
        (step) => {
          const listing =
            ([from, to]: Phase) =>
            (what: string, fraction: number) =>
              step.update(`listing ${what}`, from + fraction * (to - from));
          const looked = async () => {
            const collections = await collectionsBy(connection, options, tenants, listing(PHASES.collections));
            const repositories = await listRepositories(asked, repositoryUrls, environment, listing(PHASES.repositories));
            step.update("the account's databases, buckets, volumes and secrets, and what stands for each", PHASES.account);
            return connection.look({
              ...(collections === undefined ? {} : { collections }),
              ...(repositories === undefined ? {} : { repositories }),
            });
          };
          return untilAborted(signal, looked());
        },
        ({ lines, uncovered }) => `${lines.length} looked at, ${uncovered} not covered`,
      );
      out(options.json ? coverageJson(options.system, coverage) : `${renderCoverage(coverage)}\n`);
      return coverage.uncovered === 0 ? 0 : 1;
    } finally {
      connection.close();
    }
  },
});

const collectionsBy = async (
  connection: CoverageConnection,
  { chroma }: CoverageOptions,
  tenants: readonly string[],
  listing: (tenant: string, fraction: number) => void,
): Promise<ListedCollections | undefined> => {
  if (chroma.from === "nowhere") return undefined;
  try {
    return await listCollections(chroma.from === "url" ? chroma.url : await connection.chromaUrl(), tenants, listing);
  } catch (error) {
    return { problem: messageOf(error) };
  }
};

export const connectCoverage = (access: Access, { system, recoveryRegion }: RecoverySide): CoverageConnection => {
  const client = { ...access, region: recoveryRegion };
  const lambda = new LambdaClient({ ...client, maxAttempts: 1, requestHandler: { requestTimeout: FUNCTION_TIMEOUT_MS } });
  const ssm = new SSMClient(client);
  return {
    look: (listed) => {
      const event: CoverageEvent = { publish: false, ...listed };
      return invoke(lambda, functionName(system, "coverage"), event, CoverageResponse);
    },
    chromaUrl: async () => {
      const { Parameter } = await ssm.send(new GetParameterCommand({ Name: parameterNames(system).live }));
      const { value, problem } = readJson(LiveEndpoints, Parameter?.Value ?? "");
      if (value === undefined) throw new Error(`${parameterNames(system).live}: ${problem}`);
      return value.chromaUrl;
    },
    close: () => {
      lambda.destroy();
      ssm.destroy();
    },
  };
};

export const coverageCommand: Command = coverageCommandWith((side) => connectCoverage({}, side), stderrProgress);
