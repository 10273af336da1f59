import { parseArgs } from "node:util";
import { messageOf } from "../../../recovery/errors";
import { STORES, type Store } from "../../../recovery/store";
import { type Place, type RecoverySide, recoverySideOf, refused, SIDE_OPTIONS } from "../place";

export interface VerifyOptions extends RecoverySide {
  readonly pointId: string;
  readonly store: Store;
  readonly json: boolean;
}

export const USAGE = "npm run lifeboat -- verify --point ID [--system NAME] [--region REGION] [--json]";

/** @throws LifeboatError, code configuration. */
export const parseVerifyOptions = (argv: readonly string[], defaults: Partial<Place>): VerifyOptions => {
  const values = parsed(argv);
  const pointId = values.point ?? "";
  const store = STORES.find((one) => pointId.startsWith(`${one}-`));
  if (store === undefined || !/^[a-z0-9-]+$/i.test(pointId))
    throw refused(
      "This is no recovery point",
      `--point ${pointId}`,
      "an id that `points` lists, such as chroma-20261124T231645Z-1a2b",
      USAGE,
    );
  return { ...recoverySideOf(values, defaults, USAGE), pointId, store, json: values.json };
};

const parsed = (argv: readonly string[]) => {
  try {
    return parseArgs({
      args: [...argv],
      options: { ...SIDE_OPTIONS, point: { type: "string" }, json: { type: "boolean", default: false } },
    }).values;
  } catch (error) {
    throw refused(messageOf(error), argv.join(" "), "--point, --system, --region, --json", USAGE);
  }
};
