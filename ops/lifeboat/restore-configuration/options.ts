import { parseArgs } from "node:util";
import { messageOf } from "../../../recovery/errors";
import { PLACE_OPTIONS, type Place, placeOf, refused } from "../place";

export interface RestoreConfigurationOptions extends Place {
  readonly pointId: string;
  /** One secret or parameter, one file; everything of the point when not given. */
  readonly only?: string;
  /** The name that it gets, of one alone. */
  readonly as?: string;
  /** Region that secrets and parameters are made in: the recovery region when not given. */
  readonly to: string;
  /** Folder that a bundle or files are written into. */
  readonly into?: string;
  readonly json: boolean;
}

export const USAGE =
  "npm run lifeboat -- restore-configuration --point ID [--only NAME [--as NAME]] [--to REGION] [--into FOLDER] [--system NAME] [--region REGION] [--json]";

const REGION = /^[a-z]{2}(-[a-z]+)+-\d$/;
/** The vault is read alone: which region is the primary one does not matter, and it may be lost. */
const ELSEWHERE = "us-east-1";

/** @throws LifeboatError, code configuration. */
export const parseRestoreConfiguration = (argv: readonly string[], defaults: Partial<Place>): RestoreConfigurationOptions => {
  const values = parsed(argv);
  const place = placeOf(values, { primaryRegion: ELSEWHERE, ...defaults }, USAGE);
  const { point, only, as, into, to = place.recoveryRegion } = values;
  if (point === undefined || !/^configuration-[0-9A-Za-z-]+$/.test(point))
    throw refused("Which point is to be restored?", `--point ${point ?? ""}`, "one that `points --store configuration` lists", USAGE);
  if (!REGION.test(to)) throw refused("This is no region", `--to ${to}`, "a region such as eu-west-1", USAGE);
  if (as !== undefined && only === undefined) throw refused("A new name is of one thing", `--as ${as}`, "--only NAME with it", USAGE);
  return {
    ...place,
    pointId: point,
    to,
    json: values.json,
    ...(only === undefined ? {} : { only }),
    ...(as === undefined ? {} : { as }),
    ...(into === undefined ? {} : { into }),
  };
};

const parsed = (argv: readonly string[]) => {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        ...PLACE_OPTIONS,
        point: { type: "string" },
        only: { type: "string" },
        as: { type: "string" },
        to: { type: "string" },
        into: { type: "string" },
        json: { type: "boolean", default: false },
      },
    }).values;
  } catch (error) {
    throw refused(messageOf(error), argv.join(" "), "--point, --only, --as, --to, --into, --system, --region, --json", USAGE);
  }
};
