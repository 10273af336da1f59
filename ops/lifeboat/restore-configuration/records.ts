import type { RecoveryPoint } from "../../../recovery/catalogue/point";
import { openRecord, recordsOf } from "../../../recovery/configuration/envelope";
import type { RecordsContent } from "../../../recovery/configuration/manifest";
import { ConfigurationRecord } from "../../../recovery/configuration/records";
import { LifeboatError } from "../../../recovery/errors";
import { sealedBytes } from "./point";
import type { RestoreConfigurationTools } from "./ports";

/** The records of a point one after the other, opened; one alone where it is named. */
export async function* openedRecords(
  { vault, openDataKey }: Pick<RestoreConfigurationTools, "vault" | "openDataKey">,
  point: RecoveryPoint,
  { envelope, kind }: RecordsContent,
  only?: string,
): AsyncGenerator<ConfigurationRecord> {
  const dataKey = await openDataKey(envelope);
  for (const part of point.parts)
    for (const sealed of recordsOf(await sealedBytes(vault, part))) {
      const { name } = sealed;
      if (only === undefined || name === only) yield recordOf(openRecord(dataKey, { pointId: point.pointId, kind, name }, sealed), name);
    }
}

// A parser's message would quote the value.
const recordOf = (text: string, name: string): ConfigurationRecord => {
  try {
    return ConfigurationRecord.parse(JSON.parse(text));
  } catch {
    throw unknownRecord(name);
  }
};

export const unknownRecord = (name: string): LifeboatError =>
  new LifeboatError({
    code: "unsupported",
    what: `The record "${name}" opens to something that this release does not know`,
    hint: "Restore with the release that exported it: its git commit is in your repository's backup",
  });
