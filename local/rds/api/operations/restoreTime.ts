import { z } from "zod";
import { type ChainId, RestoreRefused } from "../../engine";
import { factsOf } from "../../instances/backups";
import { parseArn, readIdentifier } from "../../instances/names";
import { chainOf, type Encryption, type SourceFacts } from "../../instances/records";
import { serverSettings } from "../../instances/serverSettings";
import { boot } from "../../instances/transitions";
import type { Context, Operation } from "../context";
import { backupNotFound, instanceNotFound, invalidCombination, RdsError } from "../errors";
import { only, parseInput, placement, switchedOff } from "../inputs";
import { viewInstance } from "../views/instance";
import { instanceNamed } from "./named";
import { addInstance, mustBeFree } from "./newInstance";
import { chooseSettings } from "./placing";

const restoreInput = z.strictObject({
  ...placement,
  ...switchedOff,
  DBInstanceClass: placement.DBInstanceClass.optional(),
  Engine: only("postgres"),
  DBName: z.string().optional(),
  TargetDBInstanceIdentifier: z.string(),
  SourceDBInstanceIdentifier: z.string().optional(),
  SourceDbiResourceId: z.string().optional(),
  SourceDBInstanceAutomatedBackupsArn: z.string().optional(),
  RestoreTime: z.date().optional(),
  UseLatestRestorableTime: z.boolean().default(false),
});
type RestoreInput = z.infer<typeof restoreInput>;

export const restoreDBInstanceToPointInTime: Operation = async (raw, context) => {
  const input = parseInput("RestoreDBInstanceToPointInTime", restoreInput, raw);
  const identifier = readIdentifier("TargetDBInstanceIdentifier", input.TargetDBInstanceIdentifier, 63);
  mustBeFree(identifier, context);
  const { chain, facts, encryption } = sourceOf(input, context);
  if (input.DBName !== undefined && input.DBName !== facts.databaseName) {
    throw invalidCombination(`DBName cannot be changed by a restore: the source has ${facts.databaseName ?? "none"}.`);
  }
  const settings = await chooseSettings(input, facts.settings, context);
  // Before anything is recorded: a restore that is refused leaves no instance behind.
  const time = await checkedTime(chain, askedTime(input), context);
  const { engineVersion, masterUsername, databaseName } = facts;
  const instance = addInstance(
    { identifier, settings, encryption, engineVersion, masterUsername, databaseName, tags: input.Tags },
    context,
  );
  boot(instance, context, {
    start: () =>
      context.engine.restoreToTime({
        ...serverSettings(instance, context),
        chain,
        time,
      }),
    category: "restoration",
    done: `Restored from DB instance ${facts.identifier} to ${time.toISOString()}`,
    failed: "incompatible-restore",
  });
  return { DBInstance: viewInstance(instance, context) };
};

interface Source {
  readonly chain: ChainId;
  readonly facts: SourceFacts;
  readonly encryption: Encryption;
}

/** Backups that were replicated from another region are found by their ARN only, as on RDS. */
const sourceOf = (input: RestoreInput, context: Context): Source => {
  const { SourceDBInstanceIdentifier, SourceDbiResourceId, SourceDBInstanceAutomatedBackupsArn: arn } = input;
  const given = [SourceDBInstanceIdentifier, SourceDbiResourceId, arn].filter((each) => each !== undefined);
  if (given.length !== 1) {
    throw invalidCombination(
      "Exactly one of SourceDBInstanceIdentifier, SourceDbiResourceId and SourceDBInstanceAutomatedBackupsArn must be specified.",
    );
  }
  if (SourceDBInstanceIdentifier !== undefined) {
    const instance = instanceNamed(SourceDBInstanceIdentifier, context);
    if (instance.settings.backupRetentionDays === 0) {
      throw new RdsError("PointInTimeRestoreNotEnabled", `Automated backups are not enabled for DB instance ${instance.identifier}.`);
    }
    return { chain: chainOf(instance), facts: factsOf(instance, context), encryption: instance.encryption };
  }
  const backups = [...context.region.backups.values()];
  const found = backups.find((each) =>
    arn === undefined ? !each.replicated && sameText(each.chain.resourceId, SourceDbiResourceId) : each.arn === arn,
  );
  if (found !== undefined) return { chain: found.chain, facts: found.source, encryption: found.encryption };
  if (arn === undefined) throw instanceNotFound(SourceDbiResourceId ?? "");
  const elsewhere = parseArn(arn)?.region;
  const where = elsewhere === undefined || elsewhere === context.region.name ? "" : ` in ${context.region.name}: it is of ${elsewhere}`;
  throw backupNotFound(`${arn}${where}`);
};

const sameText = (a: string, b: string | undefined): boolean => a.toLowerCase() === b?.toLowerCase();

/** undefined: the newest restorable time. */
const askedTime = ({ RestoreTime, UseLatestRestorableTime }: RestoreInput): Date | undefined => {
  if (UseLatestRestorableTime === (RestoreTime !== undefined)) {
    throw invalidCombination("Exactly one of RestoreTime and UseLatestRestorableTime must be specified.");
  }
  return RestoreTime;
};

const checkedTime = async (chain: ChainId, time: Date | undefined, { engine }: Context): Promise<Date> => {
  try {
    return await engine.checkRestore(chain, time);
  } catch (thrown) {
    throw thrown instanceof RestoreRefused ? refusal(thrown) : thrown;
  }
};

/** A time that is not restorable is the caller's mistake; backups that are not whole are not. */
const refusal = (refused: RestoreRefused): RdsError => {
  const code = refused.reason === "corrupt" || refused.reason === "no-backup" ? "InvalidRestoreFault" : "InvalidParameterValue";
  return new RdsError(code, describeRefusal(refused));
};

const instant = (time: Date): string => time.toISOString();
const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);

/** What happened, the window with its gaps, and the nearest usable times. */
const describeRefusal = ({ message, window, nearest }: RestoreRefused): string => {
  const parts = [sentence(message)];
  if (window === undefined) parts.push("No time is restorable.");
  else {
    parts.push(`Restorable: from ${instant(window.earliest)} to ${instant(window.latest)}.`);
    for (const { from, to, missing } of window.gaps)
      parts.push(`Not between ${instant(from)} and ${instant(to)}: the WAL segment ${missing} is missing.`);
  }
  if (nearest.length > 0) parts.push(`Nearest usable times: ${nearest.map(instant).join(", ")}.`);
  return parts.join(" ");
};
