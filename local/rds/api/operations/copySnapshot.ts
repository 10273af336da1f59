import { z } from "zod";
import { messageOf } from "../../../../recovery/errors";
import { arnOf, readIdentifier } from "../../instances/names";
import type { Encryption, Snapshot } from "../../instances/records";
import { readTags, snapshotEvent } from "../../instances/region";
import type { Context, Operation } from "../context";
import { invalidValue, RdsError, snapshotExists } from "../errors";
import { only, parseInput, tags } from "../inputs";
import { viewSnapshot } from "../views/snapshot";
import { snapshotNamed } from "./named";
import { checkedKey } from "./placing";

const copyInput = z.strictObject({
  SourceDBSnapshotIdentifier: z.string(),
  TargetDBSnapshotIdentifier: z.string(),
  KmsKeyId: z.string().optional(),
  Tags: tags,
  CopyTags: z.boolean().default(false),
  /** SDKs sign one by themselves; RDS ignores it outside of GovCloud. */
  PreSignedUrl: z.string().optional(),
  OptionGroupName: z
    .string()
    .regex(/^default:/, "only default option groups are implemented by the local RDS (local/rds)")
    .optional(),
  CopyOptionGroup: only(false),
});

/** Called in the region that the copy goes to. */
export const copyDBSnapshot: Operation = async (raw, context) => {
  const input = parseInput("CopyDBSnapshot", copyInput, raw);
  const identifier = readIdentifier("TargetDBSnapshotIdentifier", input.TargetDBSnapshotIdentifier, 255);
  const source = snapshotNamed(input.SourceDBSnapshotIdentifier, context);
  if (source.status !== "available") {
    throw new RdsError("InvalidDBSnapshotState", `The snapshot ${source.arn} is not available: it is ${source.status}.`);
  }
  const encryption = await copyEncryption(source, input.KmsKeyId, context);
  const copy = addCopy(identifier, source, encryption, input, context);
  context.background.queue(copy, () => carryOut(copy, source, context), failed(copy, context));
  return { DBSnapshot: viewSnapshot(copy, context.region) };
};

const copyEncryption = async (source: Snapshot, keyId: string | undefined, context: Context): Promise<Encryption> => {
  if (keyId !== undefined) return { encrypted: true, kmsKeyArn: await checkedKey(keyId, context) };
  if (!source.encryption.encrypted || source.region === context.region.name) return source.encryption;
  throw invalidValue(
    `KmsKeyId is required: the snapshot ${source.arn} is encrypted, and a key of ${source.region} cannot be used in ${context.region.name}.`,
  );
};

type CopyInput = z.infer<typeof copyInput>;

const addCopy = (identifier: string, source: Snapshot, encryption: Encryption, input: CopyInput, context: Context): Snapshot => {
  const { region, account, now } = context;
  if (region.snapshots.has(identifier)) throw snapshotExists(identifier);
  const own = readTags(input.Tags);
  const copy: Snapshot = {
    ...source,
    identifier,
    arn: arnOf("snapshot", identifier, { region: region.name, account }),
    region: region.name,
    encryption,
    copiedFrom: { arn: source.arn, region: source.region },
    status: "creating",
    createdAt: now,
    sizeBytes: undefined,
  };
  const sourceTags = source.region === region.name ? region.tags : context.otherRegion(source.region).tags;
  const inherited = input.CopyTags ? (sourceTags.get(source.arn) ?? []) : [];
  region.snapshots.set(identifier, copy);
  region.tags.set(copy.arn, new Map([...inherited, ...own]));
  return copy;
};

const carryOut = async (copy: Snapshot, source: Snapshot, { region, engine, settings, clock }: Context): Promise<void> => {
  const { sizeBytes } = await engine.copySnapshot({
    from: { region: source.region, snapshotId: source.identifier },
    to: { region: copy.region, snapshotId: copy.identifier },
    lagSeconds: source.region === copy.region ? 0 : settings.snapshotCopyLagSeconds,
  });
  const date = clock.now();
  copy.createdAt = date;
  copy.sizeBytes = sizeBytes;
  copy.status = "available";
  const event = {
    category: "notification",
    message: `Finished copy of snapshot ${source.identifier} from region ${source.region}`,
    date,
  } as const;
  snapshotEvent(region, copy, event);
};

const failed =
  (copy: Snapshot, { region, clock }: Context) =>
  (thrown: unknown): void => {
    copy.status = "failed";
    snapshotEvent(region, copy, {
      category: "failure",
      message: `The snapshot could not be copied: ${messageOf(thrown)}`,
      date: clock.now(),
    });
  };
