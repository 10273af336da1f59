import { GetParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import type { EmbeddedAws } from "../../local/embedded-aws";
import { loadCorpus } from "../../local/workload/corpus";
import { createLedger, type Ledger } from "../../local/workload/ledger";
import { connectWith } from "../../local/workload/target";
import { startWorkload, type Workload } from "../../local/workload/writer";
import { LiveEndpoints } from "../../recovery/catalogue/standing";
import { parameterNames } from "../../recovery/names";

export interface CompanyOptions {
  readonly aws: EmbeddedAws;
  readonly system: string;
  readonly recoveryRegion: string;
  readonly corpusRoot: string;
  /** How many it begins with. */
  readonly documents: number;
  readonly ledgerPath: string;
  readonly now: () => Date;
  readonly random: () => number;
}

export interface Company {
  readonly workload: Workload;
  readonly ledger: Ledger;
  /** Where the applications are sent now, as they find it out. */
  endpoints(): Promise<LiveEndpoints>;
  /** When each store had acknowledged a write that was sent at or after this time. Rejects when the writer ends first. */
  servedAfter(time: Date): Promise<Date>;
  stop(): Promise<void>;
}

const WRITES_PER_SECOND = 2;

/** The company's system on what `prod` deployed: it finds its stores by the live parameter of the recovery region, loads its documents and keeps writing. */
export const startCompany = async (options: CompanyOptions): Promise<Company> => {
  const { aws, now, random } = options;
  const { accessKeyId, secretAccessKey } = aws.users.application;
  const access = { endpoint: aws.gateway.url, credentials: { accessKeyId, secretAccessKey } };
  const ssm = new SSMClient({ ...access, region: options.recoveryRegion });
  const endpoints = async (): Promise<LiveEndpoints> => {
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name: parameterNames(options.system).live }));
    return LiveEndpoints.parse(JSON.parse(Parameter?.Value ?? "null"));
  };
  const corpus = await loadCorpus({ root: options.corpusRoot, documents: options.documents });
  const ledger = await createLedger(options.ledgerPath);
  const workload = await startWorkload({
    endpoints,
    connect: connectWith({ ...access, databaseCa: aws.rds.ca }),
    ledger,
    clock: now,
    random,
    ratePerSecond: WRITES_PER_SECOND,
    corpus,
  });
  return {
    workload,
    ledger,
    endpoints,
    servedAfter: async (time) => {
      const first = await workload.firstAcknowledgedAfter(time);
      return new Date(Math.max(...Object.values(first).map(({ acknowledgedAt }) => acknowledgedAt.getTime())));
    },
    stop: async () => {
      await workload.stop();
      await ledger.close();
      ssm.destroy();
    },
  };
};
