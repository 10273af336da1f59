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
  readonly ledgerPath: string;
  readonly now: () => Date;
  readonly random: () => number;
}

export interface Company {
  readonly workload: Workload;
  readonly ledger: Ledger;
  readonly documents: number;
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
  const corpus = await loadCorpus({ root: options.corpusRoot });
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
    documents: corpus.length,
    stop: async () => {
      await workload.stop();
      await ledger.close();
      ssm.destroy();
    },
  };
};
