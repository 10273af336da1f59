import { LambdaClient } from "@aws-sdk/client-lambda";
import { GetParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { type CoverageEvent, CoverageResponse } from "../../../lambdas/coverage/events";
import { readJson } from "../../../lambdas/shared/json";
import { LiveEndpoints } from "../../../recovery/catalogue/standing";
import { messageOf } from "../../../recovery/errors";
import { functionName, parameterNames } from "../../../recovery/names";
import { untilAborted } from "../aborted";
import type { Command } from "../command";
import { FUNCTION_TIMEOUT_MS, invoke } from "../invoke";
import type { RecoverySide } from "../place";
import { readDefaults } from "../strategy/defaults";
import type { Access } from "../vault";
import { type ListedCollections, listCollections } from "./collections";
import { type CoverageOptions, configuredTenants, parseCoverageOptions, USAGE } from "./options";
import { coverageJson, renderCoverage } from "./report";

export interface CoverageConnection {
  /** Has the function look now; its alarm does not move. */
  look(collections: ListedCollections | undefined): Promise<CoverageResponse>;
  /** The Chroma server that applications use. Throws what keeps it from being known. */
  chromaUrl(): Promise<string>;
  close(): void;
}

/** Resolves to 0 when nothing is uncovered, 1 when something is, or is not known. Changes nothing. */
export const coverageCommandWith = (connect: (side: RecoverySide) => CoverageConnection): Command => ({
  name: "coverage",
  summary: "what exists in the account against what is protected",
  usage: USAGE,
  async run(argv, { projectDir, out, signal }) {
    const options = parseCoverageOptions(argv, readDefaults(projectDir));
    const connection = connect(options);
    try {
      const collections = await untilAborted(signal, collectionsBy(connection, options, configuredTenants(projectDir)));
      const coverage = await untilAborted(signal, connection.look(collections));
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
): Promise<ListedCollections | undefined> => {
  if (chroma.from === "nowhere") return undefined;
  try {
    return await listCollections(chroma.from === "url" ? chroma.url : await connection.chromaUrl(), tenants);
  } catch (error) {
    return { problem: messageOf(error) };
  }
};

export const connectCoverage = (access: Access, { system, recoveryRegion }: RecoverySide): CoverageConnection => {
  const client = { ...access, region: recoveryRegion };
  const lambda = new LambdaClient({ ...client, maxAttempts: 1, requestHandler: { requestTimeout: FUNCTION_TIMEOUT_MS } });
  const ssm = new SSMClient(client);
  return {
    look: (collections) => {
      const event: CoverageEvent = { publish: false, ...(collections === undefined ? {} : { collections }) };
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

export const coverageCommand: Command = coverageCommandWith((side) => connectCoverage({}, side));
