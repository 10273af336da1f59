import { databaseNames } from "../../../recovery/names";

/** The protected instance, and the one that a restore makes beside it until it may have its name. */
export const restoreNames = (system: string): { readonly instance: string; readonly beside: string } => {
  const { instance } = databaseNames(system);
  return { instance, beside: `${instance}-restored` };
};

/** Tags of a restored instance, by which a run that was cut off is known and gone on with. They stay: they say where the database came from. */
export const TAGS = {
  /** `DbiResourceId` of the instance whose backups it came from. */
  from: "lifeboat:restored-from",
  /** The time that it was restored to. */
  to: "lifeboat:restored-to",
  /** When the restore was asked for: whatever is committed later is no part of what was restored. */
  asked: "lifeboat:restored-at",
} as const;
