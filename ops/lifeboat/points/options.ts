import { parseArgs } from "node:util";
import { EXPORT_KINDS } from "../../../recovery/catalogue/kinds";
import { messageOf } from "../../../recovery/errors";
import type { Store } from "../../../recovery/store";
import { PLACE_OPTIONS, type Place, type RecoverySide, recoverySideOf, refused } from "../place";

export interface PointsOptions extends RecoverySide {
  /** Where the protected database is, or was: its backups are told by it from others of its name. Not asked. */
  readonly primaryRegion?: string;
  /** Whether everything is listed, with the sets and with what is copied all the time. */
  readonly everything: boolean;
  readonly stores: readonly Store[];
  /** How many points of a series are read at most. */
  readonly limit: number;
  readonly json: boolean;
}

const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 1000;

/** Objects have no points: their versions are what is restored. */
export const exportedStores = (): readonly Store[] => [...new Set(EXPORT_KINDS.map(({ store }) => store))];

export const USAGE = `npm run lifeboat -- points [--store ${exportedStores().join("|")}] [--limit N] [--system NAME] [--region REGION] [--primary-region REGION] [--json]`;

/** @throws LifeboatError, code configuration. */
export const parsePointsOptions = (argv: readonly string[], defaults: Partial<Place>): PointsOptions => {
  const values = parsed(argv);
  const primaryRegion = values["primary-region"] ?? defaults.primaryRegion;
  return {
    ...recoverySideOf(values, defaults, USAGE),
    ...(primaryRegion === undefined ? {} : { primaryRegion }),
    everything: values.store === undefined,
    stores: storesOf(values.store),
    limit: limitOf(values.limit),
    json: values.json,
  };
};

const storesOf = (text: string | undefined): readonly Store[] => {
  const exported = exportedStores();
  const chosen = exported.filter((store) => text === undefined || store === text);
  if (chosen.length === 0) throw refused("There are no recovery points of such a store", `--store ${text}`, exported.join(", "), USAGE);
  return chosen;
};

const limitOf = (text: string | undefined): number => {
  const limit = text === undefined ? DEFAULT_LIMIT : Number(text);
  if (Number.isInteger(limit) && limit >= 1 && limit <= MAX_LIMIT) return limit;
  throw refused("This is no number of points", `--limit ${text}`, `1 to ${MAX_LIMIT}`, USAGE);
};

const parsed = (argv: readonly string[]) => {
  try {
    return parseArgs({
      args: [...argv],
      options: { ...PLACE_OPTIONS, store: { type: "string" }, limit: { type: "string" }, json: { type: "boolean", default: false } },
    }).values;
  } catch (error) {
    throw refused(messageOf(error), argv.join(" "), "--store, --limit, --system, --region, --primary-region, --json", USAGE);
  }
};
