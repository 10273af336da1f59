import { z } from "zod";
import { offOr } from "./offOr";
import { Duration, Text } from "./values";

/** Five fields as Kubernetes reads them: https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#schedule-syntax */
const CronSchedule = z
  .string()
  .regex(/^[-\d*/,]+( [-\d*/,]+){4}$/, "five fields of numbers such as 30 1 * * *: minute, hour, day, month, day of the week")
  .meta({ title: "five cron fields, UTC" });

/** https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/#meaning-of-memory */
const Storage = z
  .string()
  .regex(/^[1-9]\d*(Mi|Gi|Ti)$/, "a size such as 50Gi")
  .meta({ title: "size" });

const DumpValues = z.strictObject({
  schedule: CronSchedule.default("30 1 * * *").describe(
    "When every database is dumped by `pg_dump`, as a job in the primary region's cluster",
  ),
  timeLimit: Duration.prefault("6h").describe("Longest time that a dump may take, its upload included: then the job is ended"),
  alarmAt: Duration.prefault("36h").describe("Age of the newest dump that was read back at which people are paged"),
  image: Text.optional().describe(
    "Image with PostgreSQL's programs, `zstd` and `bash`; the official `postgres:<major release of the database>` when not given. Programs older than the server refuse to dump it",
  ),
  uploader: Text.default("public.ecr.aws/aws-cli/aws-cli:2.31.0").describe(
    "Image with the AWS CLI, `bash` and `curl`, which reads the secret and uploads the dump",
  ),
  workStorage: Storage.default("50Gi").describe("Space for one whole dump, compressed, until it is uploaded"),
  workStorageClass: Text.optional().describe("Storage class of a volume made for each run; without one the space is on the node's disk"),
  authorities: z
    .url({ protocol: /^(https|file)$/ })
    .default("https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem")
    .describe(
      "Where the authorities of the server's certificate are fetched from, as PEM: <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html>",
    ),
});
export type DumpValues = z.infer<typeof DumpValues>;

/** The daily dump of every database, or none. */
export const Dump = offOr(DumpValues)
  .prefault("off")
  .describe("`off`, or the daily `pg_dump` of every database into the vault, beside the backups of RDS; docs/postgres-dump.md");
