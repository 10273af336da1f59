import { join } from "node:path";
import { GetSecretValueCommand } from "@aws-sdk/client-secrets-manager";
import { embed } from "../../local/workload/embedding";
import { readLedger } from "../../local/workload/ledger";
import { DatabaseSecret, type LiveEndpoints } from "../../recovery/catalogue/standing";
import type { LedgerEntry } from "../../recovery/evidence/ledger";
import type { ComparisonFacts, Validation } from "./compare";
import { type DrillContext, told } from "./context";
import type { Observer } from "./observer";
import { OBJECTIVES } from "./profile";
import type { RecoveredDatabaseAccess } from "./recovered-postgres";
import { validateAgainstLedger } from "./validate";

export interface ReadBack {
  readonly validation: Validation;
  readonly seconds: number;
}

export type ReadBackQuestion = Omit<ComparisonFacts, "rpoObjectiveSeconds"> & {
  /** Of the region that is read. */
  readonly observer: Observer;
  readonly endpoints: Pick<LiveEndpoints, "documentsBucket" | "chromaUrl" | "postgres">;
};

/** Reads every store back and compares it with the ledger. */
export const readBack = async (context: DrillContext, { observer, endpoints, ...facts }: ReadBackQuestion): Promise<ReadBack> => {
  const { progress, runDir, now } = context;
  const { host, port, secretArn } = endpoints.postgres;
  const startedAt = now();
  const validation = await told(
    progress,
    "Reading everything back against the ledger",
    async () =>
      validateAgainstLedger({
        ...facts,
        ledger: () => ledgerOf(runDir),
        rpoObjectiveSeconds: {
          postgres: OBJECTIVES.postgresRpoSeconds,
          objects: OBJECTIVES.objectsRpoSeconds,
          chroma: OBJECTIVES.chromaRpoSeconds,
        },
        documents: { client: observer.s3, bucket: endpoints.documentsBucket },
        chroma: { url: endpoints.chromaUrl },
        postgres: { ...(await loginOf(context, observer, secretArn)), host, port },
        embed,
      }),
    ({ stores: { postgres, objects, chroma } }) =>
      `${postgres.recovered} writes of rows, ${objects.recovered} of documents and ${chroma.recovered} of vectors recovered`,
  );
  return { validation, seconds: (now().getTime() - startedAt.getTime()) / 1000 };
};

export const ledgerOf = async (runDir: string): Promise<readonly LedgerEntry[]> => (await readLedger(join(runDir, "ledger.jsonl"))).entries;

/** The observer's own way into a database. */
export const loginOf = async (
  { aws }: DrillContext,
  { secrets }: Observer,
  secretId: string,
): Promise<Omit<RecoveredDatabaseAccess, "host" | "port">> => {
  const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId: secretId }));
  const { dbname, username, password } = DatabaseSecret.parse(JSON.parse(SecretString ?? "null"));
  return { database: dbname, user: username, password, ca: aws.rds.ca };
};
