import { rdsAutomatedBackups } from "../../../lambdas/shared/automated-backups";
import { rootCredentials } from "../../../local/emulator";
import { silentProgress } from "../../../local/progress";
import type { StackConfig, StackResult } from "../../../local/stacks";
import { messageOf } from "../../../recovery/errors";
import type { AlarmSeen, EvidenceCheck } from "../../../recovery/evidence/evidence";
import { inAnotherRegion } from "../../../recovery/evidence/since";
import type { StrategyMeasured } from "../../../recovery/evidence/strategies";
import { databaseNames } from "../../../recovery/names";
import type { Proposal } from "../../../recovery/strategy/proposal";
import { proposalOf } from "../../lifeboat/strategy";
import { connectWith } from "../../lifeboat/strategy/sources";
import { alarmAfter } from "../alarm";
import { pinnedBy } from "../as-of";
import type { Validation } from "../compare";
import { type DrillContext, told } from "../context";
import { openStack } from "../deployment";
import type { RegionalOptions } from "../options";
import { decidingAlarms, drProfile, OBJECTIVES, REGIONS, SYSTEM } from "../profile";
import { PROTECTION_TIMEOUT_SECONDS } from "../protections";
import { ledgerOf, loginOf, readBack } from "../read-back";
import { type RecoveryOutputs, recover } from "../recovery";
import { failedStep, type Protected } from "../scenario";
import { restoreBeside } from "./beside";
import { type Disaster, loseRegion } from "./disaster";
import { vaultChecks } from "./vault";

/** What came of the disaster, as far as it came. */
export interface Outcome {
  readonly disaster: Disaster;
  readonly alarm?: AlarmSeen;
  /** What the live signals spoke for, read when the alarm had come. */
  readonly proposal?: Proposal;
  readonly recovered?: { readonly outputs: RecoveryOutputs; readonly up: StackResult; readonly servedAt: Date };
  readonly secondUp?: StackResult;
  /** What the engine answered to `destroy` of a failover; undefined when it obeyed. */
  readonly refusedDestroy?: string;
  readonly validation?: Validation;
  /** The strategy that was not used, measured beside; undefined where that would take the standing replica. */
  readonly beside?: StrategyMeasured;
  /** What the vault gave without the lost region. */
  readonly vault?: readonly EvidenceCheck[];
  readonly ledgerCheckSeconds: number;
  /** Steps that failed, as failed checks: the evidence of a recovery that did not succeed. */
  readonly failures: readonly EvidenceCheck[];
}

/** The region is lost; the alarm starts `pulumi up` on `dr`; what came back is compared with the ledger. */
export const loseAndRecover = async (context: DrillContext, options: RegionalOptions, { company, refs }: Protected): Promise<Outcome> => {
  const { aws, progress, now, signal } = context;
  const disaster = await told(
    progress,
    `Losing ${REGIONS.primary}`,
    () => loseRegion(aws, REGIONS.primary, now),
    ({ killed, deletedDirectories }) => `${killed.length} servers killed, ${deletedDirectories.length} data directories deleted`,
  );
  let outcome: Outcome = { disaster, ledgerCheckSeconds: 0, failures: [] };
  let current = "alarm";
  try {
    outcome = { ...outcome, alarm: await alarmAfter(disaster.at, decidingAlarms(options), context) };
    current = "proposing a strategy";
    outcome = { ...outcome, proposal: await proposeStrategy(context) };
    current = "pulumi up on dr";
    const overlay = drProfile(aws, "failover", options.strategy, targetTime(options, disaster.at));
    const dr = await openStack(context, "dr", REGIONS.recovery, overlay);
    const { outputs, first } = await recover(dr, signal);
    current = "applications write again";
    const servedAt = await company.servedAfter(new Date(outputs.cutOver.cutOverAt));
    outcome = { ...outcome, recovered: { outputs, up: first, servedAt } };
    current = "second pulumi up on dr";
    outcome = { ...outcome, secondUp: await dr.up({ signal }) };
    current = "pulumi destroy on dr";
    outcome = { ...outcome, refusedDestroy: await tryDestroy(context, overlay) };
    current = "reading everything back";
    outcome = { ...outcome, ...(await compareWithLedger(context, disaster, outputs)) };
    current = "restoring from the vault";
    outcome = { ...outcome, vault: await restoreFromVault(context, disaster, outputs, refs) };
    if (outputs.plan.stores.postgres?.method !== "promotion") return outcome;
    current = "restoring beside";
    return { ...outcome, beside: await tryOtherStrategy(context, disaster) };
  } catch (error) {
    if (signal.aborted) throw error;
    return { ...outcome, failures: [failedStep(current, error)] };
  }
};

/** What the operator would be told: read from the recovery region, with the observer's own eyes. */
const proposeStrategy = async ({ aws, progress, now }: DrillContext): Promise<Proposal> => {
  const place = { system: SYSTEM, primaryRegion: REGIONS.primary, recoveryRegion: REGIONS.recovery };
  const tier = { name: "drill-postgres", rpoSeconds: OBJECTIVES.postgresRpoSeconds, rtoSeconds: OBJECTIVES.rtoSeconds };
  const ask = async (): Promise<Proposal> => {
    const connection = await connectWith({ endpoint: aws.gateway.url, credentials: rootCredentials }, place);
    try {
      return await proposalOf(connection, { tier, now: now() });
    } finally {
      connection.close();
    }
  };
  return told(progress, "Asking the live signals for a strategy", ask, (proposal) =>
    proposal.outcome === "proposed" ? `${proposal.strategy}: ${proposal.reasons[0]}` : proposal.hint,
  );
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

const restoreFromVault = async (
  context: DrillContext,
  disaster: Disaster,
  { postgresEndpoint: { host, port, secretArn } }: RecoveryOutputs,
  refs: Protected["refs"],
): Promise<readonly EvidenceCheck[]> =>
  told(
    context.progress,
    "Restoring the dump, the repository and a namespace from the vault",
    async () => {
      const server = { ...(await loginOf(context, context.observers.recovery, secretArn)), host, port };
      return vaultChecks(context, { disasterAt: disaster.at, server, refs });
    },
    (checks) => `${checks.filter(({ passed }) => passed).length} of ${checks.length} checks passed`,
  );

const compareWithLedger = async (context: DrillContext, disaster: Disaster, outputs: RecoveryOutputs) => {
  const { validation, seconds } = await readBack(context, {
    disasterAt: disaster.at,
    since: inAnotherRegion(REGIONS.primary),
    ...pinnedBy(outputs.plan),
    observer: context.observers.recovery,
    endpoints: { documentsBucket: outputs.documentsBucket, chromaUrl: outputs.chromaUrl, postgres: outputs.postgresEndpoint },
  });
  return { validation, ledgerCheckSeconds: seconds };
};

const tryOtherStrategy = async (context: DrillContext, disaster: Disaster): Promise<StrategyMeasured> => {
  const { observers, progress, runDir, now, signal } = context;
  return told(
    progress,
    "Restoring the database beside, to compare",
    async () =>
      restoreBeside({
        rds: observers.recovery.rds,
        backups: rdsAutomatedBackups(observers.recovery.rds),
        system: SYSTEM,
        primaryRegion: REGIONS.primary,
        disasterAt: disaster.at,
        login: await loginOf(context, observers.recovery, databaseNames(SYSTEM).secret),
        entries: () => ledgerOf(runDir),
        timeoutSeconds: PROTECTION_TIMEOUT_SECONDS,
        now,
        signal,
      }),
    ({ lostWrites }) => `${lostWrites} writes lost`,
  );
};

/** The time that the run asks for, now that the disaster's is known. */
const targetTime = ({ to }: RegionalOptions, disasterAt: Date): Date | undefined =>
  to === undefined || "at" in to ? to?.at : new Date(disasterAt.getTime() - to.beforeDisasterSeconds * 1000);
