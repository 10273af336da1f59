import { parseArgs } from "node:util";
import { EXPORT_KINDS } from "../../../recovery/catalogue/kinds";
import { parseDurationSeconds } from "../../../recovery/duration";
import { messageOf } from "../../../recovery/errors";
import type { Store } from "../../../recovery/store";
import { PLACE_OPTIONS, type Place, placeOf, refused } from "../place";

export interface BackupOptions extends Place {
  readonly stores: readonly Store[];
  /** Context of the kubeconfig for jobs, where it is said. */
  readonly context?: string;
  readonly timeoutSeconds: number;
  readonly json: boolean;
}

const exported = (): readonly Store[] => [...new Set(EXPORT_KINDS.map(({ store }) => store))];

export const USAGE =
  "npm run lifeboat -- backup --store postgres|chroma|configuration|all [--timeout 2h] [--context NAME] [--system NAME] [--region REGION] [--primary-region REGION] [--json]";

const DEFAULT_TIMEOUT = "2h";

/** @throws LifeboatError, code configuration. */
export const parseBackupOptions = (argv: readonly string[], defaults: Partial<Place>): BackupOptions => {
  const values = parsed(argv);
  const { store, context, timeout, json } = values;
  const stores = exported().filter((one) => store === "all" || store === one);
  if (stores.length === 0)
    throw refused(
      store === undefined
        ? "Which store is to be backed up?"
        : store === "objects"
          ? "Documents are replicated as they are written"
          : "There is no such store",
      store === undefined ? "no --store" : `--store ${store}`,
      [...exported(), "all"].join(", "),
      USAGE,
    );
  return {
    ...placeOf(values, defaults, USAGE),
    stores,
    ...(context === undefined ? {} : { context }),
    timeoutSeconds: parseDurationSeconds(timeout),
    json,
  };
};

const parsed = (argv: readonly string[]) => {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        ...PLACE_OPTIONS,
        store: { type: "string" },
        context: { type: "string" },
        timeout: { type: "string", default: DEFAULT_TIMEOUT },
        json: { type: "boolean", default: false },
      },
    }).values;
  } catch (error) {
    throw refused(messageOf(error), argv.join(" "), "--store, --timeout, --context, --system, --region, --primary-region, --json", USAGE);
  }
};
