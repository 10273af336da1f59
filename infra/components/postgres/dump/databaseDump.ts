import * as pulumi from "@pulumi/pulumi";
import type { DumpValues } from "../../../config/dump";
import { BackupJob, type BackupJobArgs } from "../../jobs/backupJob";
import { type DumpStepsArgs, dumpFiles, dumpSteps } from "./dumpSteps";

export interface DatabaseDumpArgs
  extends DumpStepsArgs,
    Pick<BackupJobArgs, "system" | "accountId" | "region" | "cluster" | "kubernetes" | "told" | "statements"> {
  readonly values: DumpValues;
}

/** The job's name: `<system>-postgres-dump` in Kubernetes. */
export const DUMP_JOB = "postgres-dump";

/**
 * The daily dump of every database by the server's own programs: what a restore can read that needs no RDS, and what can be read row by row when the
 * rows of a snapshot are in question.
 */
export class DatabaseDump extends pulumi.ComponentResource {
  readonly cronJobName: string;

  constructor(name: string, args: DatabaseDumpArgs, options: pulumi.ComponentResourceOptions) {
    super("lifeboat:postgres:DatabaseDump", name, {}, options);
    const { schedule, timeLimit, workStorage, workStorageClass } = args.values;
    const job = new BackupJob(
      DUMP_JOB,
      {
        ...args,
        ...{ schedule, workStorage, timeLimitSeconds: timeLimit },
        ...(workStorageClass === undefined ? {} : { workStorageClass }),
        files: dumpFiles(),
        steps: dumpSteps(args),
        ports: [pulumi.output(args.endpoint).port],
      },
      { parent: this },
    );
    this.cronJobName = job.cronJobName;
    this.registerOutputs({ cronJobName: this.cronJobName });
  }
}
