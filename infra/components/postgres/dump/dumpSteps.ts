import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import type { DatabaseEndpoint } from "../../../../recovery/catalogue/standing";
import type { DumpValues } from "../../../config/dump";
import type { BackupJobArgs, JobStep } from "../../jobs/backupJob";
import { JOB_FOLDERS } from "../../jobs/jobPod";

export interface DumpStepsArgs extends Pick<BackupJobArgs, "system" | "region"> {
  readonly values: Pick<DumpValues, "image" | "uploader" | "authorities">;
  /** Major release of the server: programs older than it refuse to dump it. */
  readonly major: number;
  readonly endpoint: pulumi.Input<DatabaseEndpoint>;
  readonly bucket: string;
}

const SCRIPTS = ["credentials.sh", "dump.sh", "database.sh", "upload.sh"];

/** The job's scripts by their file names. */
export const dumpFiles = (): Readonly<Record<string, string>> =>
  Object.fromEntries(SCRIPTS.map((name) => [name, readFileSync(join(__dirname, name), "utf8")]));

const run = (script: string): readonly string[] => ["bash", `${JOB_FOLDERS.FILES}/${script}`];

/** Credentials first, by the AWS CLI; then the dump, in the server's own image, which sees nothing of AWS; then the upload. */
export const dumpSteps = ({ values, major, system, region, bucket, ...args }: DumpStepsArgs): readonly JobStep[] => {
  const endpoint = pulumi.output(args.endpoint);
  const aws = { AWS_REGION: region, AWS_DEFAULT_REGION: region };
  return [
    {
      name: "credentials",
      image: values.uploader,
      command: run("credentials.sh"),
      env: { ...aws, SECRET_ARN: endpoint.secretArn, AUTHORITIES_URL: values.authorities },
    },
    {
      name: "dump",
      image: values.image ?? `postgres:${major}`,
      command: run("dump.sh"),
      env: { SYSTEM: system, PGHOST: endpoint.host, PGPORT: endpoint.port.apply(String), PGDATABASE: endpoint.database },
    },
    { name: "upload", image: values.uploader, command: run("upload.sh"), env: { ...aws, BUCKET: bucket } },
  ];
};
