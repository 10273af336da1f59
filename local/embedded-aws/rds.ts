import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { CloudWatch, ServiceMetrics } from "../cloudwatch";
import type { ServiceEndpoint } from "../gateway";
import { createRds, createSurroundings, type MetricDatum, type Rds, readServiceModel, readSoftware, serviceModelFile } from "../rds";
import { createDatabaseEngine } from "../rds/postgres";
import type { Toolchain } from "../toolchain";

/** How far the embedded databases are behind, seconds. On AWS: 300, up to 1800, and a day between base backups. */
export interface DatabaseLags {
  /** From a commit to its WAL in the archive of its own region. */
  readonly walShippingSeconds: number;
  /** From there to the copy in the other region. */
  readonly automatedBackupReplicationSeconds: number;
  readonly snapshotCopySeconds: number;
  readonly baseBackupIntervalSeconds: number;
  /** From a commit to its arrival at a read replica. On AWS: what the network takes, mostly below a second. */
  readonly replicaSeconds: number;
  /** Between two data of the metric ReplicaLag. On AWS: 60. */
  readonly replicaLagMetricSeconds: number;
}

export interface EmbeddedRdsOptions {
  readonly toolchain: Pick<Toolchain, "postgresBin" | "python" | "venvBin">;
  readonly runDir: string;
  readonly account: string;
  readonly ministackUrl: string;
  readonly rootCredentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly lags: DatabaseLags;
  readonly now: () => Date;
  /** The region's own CloudWatch. */
  readonly cloudwatch: Pick<CloudWatch, "put">;
}

export interface EmbeddedRds extends Pick<Rds, "instances" | "loseRegion" | "loseHardware" | "loseZone" | "resumeZone"> {
  readonly endpoint: ServiceEndpoint;
  /** The authority that the databases' certificates are signed by: the file, and its PEM text. */
  readonly caFile: string;
  readonly ca: string;
  stop(): Promise<void>;
}

/** The RDS API over PostgreSQL servers below `<runDir>/rds`, with their logs in `<runDir>/databases`. */
export const startRds = async (options: EmbeddedRdsOptions): Promise<EmbeddedRds> => {
  const { toolchain, runDir, account, ministackUrl, rootCredentials, lags, now, cloudwatch } = options;
  const engine = await createDatabaseEngine({
    binDirectory: toolchain.postgresBin,
    python: toolchain.python,
    dataRoot: join(runDir, "rds"),
    logDirectory: join(runDir, "databases"),
    now,
  });
  try {
    const rds = createRds({
      engine,
      clock: { now },
      account,
      random: Math.random,
      serviceModel: readServiceModel(serviceModelFile(toolchain.venvBin)),
      software: await readSoftware(toolchain.postgresBin),
      surroundings: createSurroundings({ ministackUrl, rootCredentials }),
      settings: {
        walShippingSeconds: lags.walShippingSeconds,
        automatedBackupReplicationLagSeconds: lags.automatedBackupReplicationSeconds,
        snapshotCopyLagSeconds: lags.snapshotCopySeconds,
        baseBackupIntervalSeconds: lags.baseBackupIntervalSeconds,
        replicaLagSeconds: lags.replicaSeconds,
        replicaLagMetricSeconds: lags.replicaLagMetricSeconds,
      },
      publishMetric: (region, datum) => cloudwatch.put(region, metricData(datum)),
    });
    rds.start();
    const { caFile } = engine;
    return {
      endpoint: { handle: rds.handle, suspend: rds.suspend, resume: rds.resume },
      instances: rds.instances,
      loseRegion: rds.loseRegion,
      loseHardware: rds.loseHardware,
      loseZone: rds.loseZone,
      resumeZone: rds.resumeZone,
      caFile,
      ca: await readFile(caFile, "utf8"),
      stop: rds.stop,
    };
  } catch (error) {
    await engine.stop();
    throw error;
  }
};

/** RDS's metrics are one a minute; what is published more often here can be read by the second too. */
const metricData = ({ metricName, instance, time, value, unit }: MetricDatum): ServiceMetrics => ({
  Namespace: "AWS/RDS",
  MetricData: [
    {
      MetricName: metricName,
      Dimensions: [{ Name: "DBInstanceIdentifier", Value: instance }],
      Timestamp: time,
      Value: value,
      Unit: unit,
      StorageResolution: 1,
    },
  ],
});
