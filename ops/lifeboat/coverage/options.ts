import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { parse } from "yaml";
import * as z from "zod";
import { DEFAULT_TENANT } from "../../../lambdas/chroma/client";
import { messageOf } from "../../../recovery/errors";
import { type Place, type RecoverySide, recoverySideOf, refused, SIDE_OPTIONS } from "../place";

export interface CoverageOptions extends RecoverySide {
  /** How the collections are listed: at this URL, at the one that applications use, or not. */
  readonly chroma: { readonly from: "url"; readonly url: string } | { readonly from: "live" } | { readonly from: "nowhere" };
  readonly json: boolean;
}

export const USAGE = "npm run lifeboat -- coverage [--chroma URL | --without-collections] [--system NAME] [--region REGION] [--json]";

/** @throws LifeboatError, code configuration. */
export const parseCoverageOptions = (argv: readonly string[], defaults: Partial<Place>): CoverageOptions => {
  const values = parsed(argv);
  const { chroma: url, json } = values;
  const without = values["without-collections"];
  if (url !== undefined && (without || !/^https?:\/\/[^/]+\/?$/.test(url)))
    throw refused(
      "Where are the collections to be listed?",
      `--chroma ${url}${without ? " --without-collections" : ""}`,
      "one of both; a URL of scheme, host and port",
      USAGE,
    );
  return {
    ...recoverySideOf(values, defaults, USAGE),
    chroma: without ? { from: "nowhere" } : url === undefined ? { from: "live" } : { from: "url", url },
    json,
  };
};

const ProdFile = z.looseObject({
  config: z.looseObject({ "lifeboat:chroma": z.looseObject({ tenants: z.array(z.string()).optional() }).optional() }),
});

/** The tenants of Pulumi.prod.yaml: Chroma lists none. */
export const configuredTenants = (projectDir: string): readonly string[] => {
  const file = join(projectDir, "Pulumi.prod.yaml");
  const read = existsSync(file) ? ProdFile.safeParse(parse(readFileSync(file, "utf8"))).data : undefined;
  return read?.config["lifeboat:chroma"]?.tenants ?? [DEFAULT_TENANT];
};

const parsed = (argv: readonly string[]) => {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        ...SIDE_OPTIONS,
        chroma: { type: "string" },
        "without-collections": { type: "boolean", default: false },
        json: { type: "boolean", default: false },
      },
    }).values;
  } catch (error) {
    throw refused(messageOf(error), argv.join(" "), "--chroma, --without-collections, --system, --region, --json", USAGE);
  }
};
