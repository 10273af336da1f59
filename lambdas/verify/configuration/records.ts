import type { Check } from "../../../recovery/catalogue/point";
import { openRecord, recordsOf } from "../../../recovery/configuration/envelope";
import { countByKind, KubernetesObject, objectName } from "../../../recovery/configuration/kubernetes/object";
import type { ConfigurationManifest, RecordEntry, RecordsContent } from "../../../recovery/configuration/manifest";
import { ConfigurationRecord, type ObjectRecord } from "../../../recovery/configuration/records";
import { messageOf } from "../../../recovery/errors";
import type { OpenDataKey } from "../../configuration/data-keys";
import type { Deadline } from "../../shared/deadline";
import { check, checkAll } from "../checks";
import type { PartReader } from "../reader";

/** KMS's word for a data key that is not under this key with this context: it stays so. https://docs.aws.amazon.com/kms/latest/APIReference/API_Decrypt.html */
const NEVER_OPENS: readonly string[] = ["InvalidCiphertextException", "IncorrectKeyException"];

/** Opens every record as a restore would, compares it with the manifest, and keeps none of what it says. */
export const readRecords = async (
  openDataKey: OpenDataKey,
  { pointId, parts }: ConfigurationManifest,
  content: RecordsContent,
  part: PartReader,
  deadline: Deadline,
): Promise<readonly Check[]> => {
  const dataKey = await openDataKey(content.envelope).catch((error: unknown) => {
    if (error instanceof Error && NEVER_OPENS.includes(error.name)) return undefined;
    throw error;
  });
  if (dataKey === undefined) return [checkAll("data key opened", 1, ["KMS says that it was not made under this key for this point"])];

  const problems: string[] = [];
  const names: string[] = [];
  let opened = 0;
  for (const { key } of parts) {
    deadline(() => `${opened} of ${content.records.length} records opened`);
    const bytes = await part(key);
    const lines = bytes === undefined ? undefined : linesOf(bytes);
    if (lines === undefined) {
      problems.push(`${key} is not there as it was sealed, or holds no records`);
      continue;
    }
    for (const sealed of lines) {
      const expected = content.records[opened];
      opened += 1;
      const problem = recordProblem(expected, sealed.name, () =>
        openRecord(dataKey, { pointId, kind: content.kind, name: sealed.name }, sealed),
      );
      if (problem === undefined) names.push(sealed.name);
      else problems.push(problem);
    }
  }
  return [
    checkAll("data key opened", 1, []),
    check("records", content.records.length, opened),
    checkAll("records opened", content.records.length, problems),
    ...(content.kind === "objects" ? [check("objects by kind", byKind(content.kinds), byKind(countByKind(names)))] : []),
  ];
};

const byKind = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([kind, count]) => `${count} ${kind}`)
    .join(", ");

const linesOf = (bytes: Uint8Array) => {
  try {
    return recordsOf(bytes);
  } catch {
    return undefined;
  }
};

/** Names what is wrong, never what a record says: a parser's message would quote it. */
const recordProblem = (expected: RecordEntry | undefined, name: string, open: () => string): string | undefined => {
  if (expected?.name !== name) return `${name} stands where the manifest has ${expected?.name ?? "nothing"}`;
  try {
    const record = parsed(open());
    if (record === undefined) return `${name} opens to something that is no record`;
    const versions = record.kind === "secret" ? record.versions.map(({ id }) => id) : [String(record.version)];
    const listed = expected.versions.map(({ id }) => id);
    if (record.kind === "object" && !isObject(record)) return `${name} opens to something that is no such object`;
    return record.name === name && versions.join() === listed.join() ? undefined : `${name} holds other versions than the manifest says`;
  } catch (error) {
    return messageOf(error).slice(0, 200);
  }
};

/** What it holds is an object, and the one that it is named by. */
const isObject = ({ name, json }: ObjectRecord): boolean => {
  try {
    return objectName(KubernetesObject.parse(JSON.parse(json))) === name;
  } catch {
    return false;
  }
};

const parsed = (text: string): ConfigurationRecord | undefined => {
  try {
    return ConfigurationRecord.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
};
