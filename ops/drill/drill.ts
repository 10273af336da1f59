import { join } from "node:path";
import type { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import type { RDSClient } from "@aws-sdk/client-rds";
import type { S3Client } from "@aws-sdk/client-s3";
import { GetSecretValueCommand, type SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { rdsAutomatedBackups } from "../../lambdas/shared/automated-backups";
import type { EmbeddedAws } from "../../local/embedded-aws";
import { type Progress, silentProgress } from "../../local/progress";
import type { StackConfig, StackResult } from "../../local/stacks";
import type { Toolchain } from "../../local/toolchain";
import { embed } from "../../local/workload/embedding";
import { readLedger } from "../../local/workload/ledger";
import { type DatabaseEndpoint, DatabaseSecret } from "../../recovery/catalogue/standing";
import { messageOf } from "../../recovery/errors";
import type { AlarmSeen, EvidenceCheck } from "../../recovery/evidence/evidence";
import { databaseNames, rpoAlarmName } from "../../recovery/names";
import { type Company, startCompany } from "./company";
import type { Validation } from "./compare";
import { waitForAlarm } from "./decision";
import { openStack } from "./deployment";
import { type Disaster, loseRegion } from "./disaster";
import type { DrillOptions } from "./options";
import { decidingAlarms, drProfile, OBJECTIVES, prodProfile, REGIONS, SYSTEM, vaultBucket } from "./profile";
import { waitForOkAlarms, waitForRestorableTime, waitForUsablePoint } from "./protected";
import { type RecoveryOutputs, recover } from "./recovery";
import { validateAgainstLedger } from "./validate";

const PROTECTION_TIMEOUT_SECONDS = 240;
const ALARM_TIMEOUT_SECONDS = 300;

export interface DrillContext {
  readonly options: DrillOptions;
  readonly aws: EmbeddedAws;
  readonly toolchain: Toolchain;
  readonly progress: Progress;
  /** Where Pulumi.yaml is. */
  readonly projectDir: string;
  readonly runDir: string;
  /** Reads the recovery region's buckets: the observer's own eyes, no part of the recovery. */
  readonly observer: S3Client;
  /** Reads the recovery region's alarms, likewise. */
  readonly watcher: CloudWatchClient;
  /** Reads the recovery region's databases and their secrets, likewise. */
  readonly databases: RDSClient;
  readonly secrets: SecretsManagerClient;
  readonly signal: AbortSignal;
  readonly now: () => Date;
  readonly random: () => number;
}

export interface Protected {
  readonly company: Company;
  readonly prodUp: StackResult;
  readonly pointId: string;
  readonly protectSeconds: number;
}

/** Steps 1 to 5: `prod` is deployed, the company works on it, and the schedules have made a recovery point of what it loaded. */
export const protect = async (context: DrillContext): Promise<Protected> => {
  const { aws, progress, runDir, now, signal, projectDir } = context;
  const prod = await openStack(context, "prod", REGIONS.primary, prodProfile(aws));
  const prodUp = await prod.up({ signal });
  const company = await startCompany({
    aws,
    system: SYSTEM,
    recoveryRegion: REGIONS.recovery,
    corpusRoot: join(projectDir, "node_modules"),
    ledgerPath: join(runDir, "ledger.jsonl"),
    now,
    random: context.random,
  });
  try {
    await company.workload.load(progress);
    company.workload.write();
    const loadedAt = now();
    const step = progress.step("Waiting for the schedules to protect what was loaded");
    const question = { recoveryRegionS3: context.observer, vaultBucket, system: SYSTEM, notBefore: loadedAt, now, signal };
    const { pointId } = await waitForUsablePoint({ ...question, timeoutSeconds: PROTECTION_TIMEOUT_SECONDS }, step).catch(
      (error: unknown) => {
        step.fail(messageOf(error));
        throw error;
      },
    );
    step.done(pointId);
    await waitForDatabaseCopies(context, loadedAt);
    await waitForCalm(context);
    return { company, prodUp, pointId, protectSeconds: (now().getTime() - loadedAt.getTime()) / 1000 };
  } catch (error) {
    await company.stop().catch(() => undefined);
    throw error;
  }
};

/** What was loaded must be in the recovery region before the disaster: a drill measures what is lost after that. */
const waitForDatabaseCopies = async ({ databases, progress, now, signal }: DrillContext, loadedAt: Date): Promise<void> => {
  const step = progress.step("Waiting for the copies of the database's backups");
  const question = {
    backups: rdsAutomatedBackups(databases),
    instance: databaseNames(SYSTEM).instance,
    sourceRegion: REGIONS.primary,
    notBefore: loadedAt,
    timeoutSeconds: PROTECTION_TIMEOUT_SECONDS,
    now,
    signal,
  };
  const latest = await waitForRestorableTime(question, step).catch((error: unknown) => {
    step.fail(messageOf(error));
    throw error;
  });
  step.done(`restorable to ${latest.toISOString()}`);
};

/** An alarm that is still in ALARM from before the first measurement could not announce the disaster. */
const waitForCalm = async ({ options, watcher, progress, now, signal }: DrillContext): Promise<void> => {
  const step = progress.step("Waiting for the lag alarms to be calm");
  const alarmNames = [...decidingAlarms(options).map(({ name }) => name), rpoAlarmName(SYSTEM, "chroma")];
  await waitForOkAlarms({ cloudwatch: watcher, alarmNames, timeoutSeconds: PROTECTION_TIMEOUT_SECONDS, now, signal }, step).catch(
    (error: unknown) => {
      step.fail(messageOf(error));
      throw error;
    },
  );
  step.done();
};

/** What came of the disaster, as far as it came. */
export interface Outcome {
  readonly disaster: Disaster;
  readonly alarm?: AlarmSeen;
  readonly recovered?: { readonly outputs: RecoveryOutputs; readonly up: StackResult; readonly servedAt: Date };
  readonly secondUp?: StackResult;
  /** What the engine answered to `destroy` of a failover; undefined when it obeyed. */
  readonly refusedDestroy?: string;
  readonly validation?: Validation;
  readonly ledgerCheckSeconds: number;
  /** Steps that failed, as failed checks: the evidence of a recovery that did not succeed. */
  readonly failures: readonly EvidenceCheck[];
}

const failure = (name: string, error: unknown): EvidenceCheck => ({
  store: "recovery",
  name,
  expected: "succeeds",
  actual: messageOf(error),
  passed: false,
});

/** Steps 6 to 9: the region is lost; the alarm starts `pulumi up` on `dr`; what came back is compared with the ledger. */
export const loseAndRecover = async (context: DrillContext, { company }: Protected): Promise<Outcome> => {
  const { aws, progress, now, signal } = context;
  const step = progress.step(`Losing ${REGIONS.primary}`);
  const disaster = await loseRegion(aws, REGIONS.primary, now);
  step.done(`${disaster.killed.length} servers killed, ${disaster.deletedDirectories.length} data directories deleted`);
  let outcome: Outcome = { disaster, ledgerCheckSeconds: 0, failures: [] };
  let current = "alarm";
  try {
    const alarm = await decide(context, disaster.at);
    outcome = { ...outcome, alarm };
    current = "pulumi up on dr";
    const overlay = drProfile(aws, "failover", context.options.strategy, targetTime(context.options, disaster.at));
    const dr = await openStack(context, "dr", REGIONS.recovery, overlay);
    const { outputs, first } = await recover(dr, signal);
    current = "applications write again";
    const served = await company.workload.firstAcknowledgedAfter(new Date(outputs.cutOver.cutOverAt));
    const servedAt = new Date(Math.max(...Object.values(served).map(({ acknowledgedAt }) => acknowledgedAt.getTime())));
    outcome = { ...outcome, recovered: { outputs, up: first, servedAt } };
    current = "second pulumi up on dr";
    outcome = { ...outcome, secondUp: await dr.up({ signal }) };
    current = "pulumi destroy on dr";
    outcome = { ...outcome, refusedDestroy: await tryDestroy(context, overlay) };
    current = "reading everything back";
    return { ...outcome, ...(await compareWithLedger(context, disaster, outputs)) };
  } catch (error) {
    if (signal.aborted) throw error;
    return { ...outcome, failures: [failure(current, error)] };
  }
};

/** Nobody may destroy a recovered system by mistake: its resources are protected, and the engine refuses before it touches one. */
const tryDestroy = async (context: DrillContext, overlay: StackConfig): Promise<string | undefined> => {
  const { progress, signal } = context;
  const step = progress.step("Trying to destroy the failover");
  // The engine's refusal is what is wanted here: it should not be shown as a failure.
  const dr = await openStack({ ...context, progress: silentProgress }, "dr", REGIONS.recovery, overlay);
  try {
    await dr.destroy({ signal });
    step.fail("it was destroyed");
    return undefined;
  } catch (error) {
    signal.throwIfAborted();
    step.done("refused");
    return messageOf(error);
  }
};

const decide = async ({ aws, options, progress, now, signal }: DrillContext, disasterAt: Date): Promise<AlarmSeen> => {
  const step = progress.step("Waiting for the alarm");
  try {
    const alarm = await waitForAlarm(
      {
        pager: aws.pager,
        alarms: decidingAlarms(options),
        recoveryRegion: REGIONS.recovery,
        disasterAt,
        timeoutSeconds: ALARM_TIMEOUT_SECONDS,
        now,
        signal,
      },
      step,
    );
    step.done(alarm.reason);
    return alarm;
  } catch (error) {
    step.fail(messageOf(error));
    throw error;
  }
};

const compareWithLedger = async (context: DrillContext, disaster: Disaster, outputs: RecoveryOutputs) => {
  const { progress, runDir, now } = context;
  const step = progress.step("Reading everything back against the ledger");
  const startedAt = now();
  const validation = await validateAgainstLedger({
    ledger: async () => (await readLedger(join(runDir, "ledger.jsonl"))).entries,
    disasterAt: disaster.at,
    primaryRegion: REGIONS.primary,
    rpoObjectiveSeconds: {
      postgres: OBJECTIVES.postgresRpoSeconds,
      objects: OBJECTIVES.objectsRpoSeconds,
      chroma: OBJECTIVES.chromaRpoSeconds,
    },
    plan: outputs.plan,
    documents: { client: context.observer, bucket: outputs.documentsBucket },
    chroma: { url: outputs.chromaUrl },
    postgres: await databaseAccess(context, outputs.postgresEndpoint),
    embed,
  });
  const { postgres, objects, chroma } = validation.stores;
  step.done(`${postgres.recovered} writes of rows, ${objects.recovered} of documents and ${chroma.recovered} of vectors recovered`);
  return { validation, ledgerCheckSeconds: (now().getTime() - startedAt.getTime()) / 1000 };
};

/** The observer's own way into the recovered database. */
const databaseAccess = async ({ secrets, aws }: DrillContext, { host, port, database, secretArn }: DatabaseEndpoint) => {
  const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId: secretArn }));
  const { username, password } = DatabaseSecret.parse(JSON.parse(SecretString ?? "null"));
  return { host, port, database, user: username, password, ca: aws.rds.ca };
};

/** The time that the run asks for, now that the disaster's is known. */
const targetTime = ({ to }: DrillOptions, disasterAt: Date): Date | undefined =>
  to === undefined || "at" in to ? to?.at : new Date(disasterAt.getTime() - to.beforeDisasterSeconds * 1000);
