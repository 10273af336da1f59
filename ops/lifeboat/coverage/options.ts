import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { parse } from "yaml";
import * as z from "zod";
import { DEFAULT_TENANT } from "../../../lambdas/chroma/client";
import { Forge } from "../../../recovery/coverage/forge";
import { messageOf } from "../../../recovery/errors";
import { type Place, type RecoverySide, recoverySideOf, refused, SIDE_OPTIONS } from "../place";

export interface CoverageOptions extends RecoverySide {
  /** How the collections are listed: at this URL, at the one that applications use, or not. */
  readonly chroma: { readonly from: "url"; readonly url: string } | { readonly from: "live" } | { readonly from: "nowhere" };
  /** Whether the configured forges are asked for their repositories. */
  readonly repositories: boolean;
  readonly json: boolean;
}

export const USAGE =
  "npm run lifeboat -- coverage [--chroma URL | --without-collections] [--without-repositories] [--system NAME] [--region REGION] [--json]";

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
    repositories: !values["without-repositories"],
    json,
  };
};

const Url = z.looseObject({ url: z.string() });
const Git = z.looseObject({ repositories: z.array(Url.extend({ mirror: Url.optional() })) });
const ProdFile = z.looseObject({
  config: z.looseObject({
    "lifeboat:chroma": z.looseObject({ tenants: z.array(z.string()).optional() }).optional(),
    "lifeboat:configuration": z.looseObject({ git: z.union([z.literal("off"), Git]).optional() }).optional(),
    "lifeboat:coverage": z.looseObject({ forges: z.array(Forge).optional() }).optional(),
  }),
});

export interface Configured {
  /** Chroma lists none. */
  readonly tenants: readonly string[];
  readonly forges: readonly Forge[];
  /** Of the repositories that are exported, and of their mirrors. */
  readonly repositoryUrls: readonly string[];
}

/** What Pulumi.prod.yaml says of what only a person's run can list. @throws LifeboatError, code configuration, for a file that is there and cannot be read. */
export const readConfigured = (projectDir: string): Configured => {
  const file = join(projectDir, "Pulumi.prod.yaml");
  if (!existsSync(file)) return { tenants: [DEFAULT_TENANT], forges: [], repositoryUrls: [] };
  const { data, error } = ProdFile.safeParse(parse(readFileSync(file, "utf8")));
  if (data === undefined)
    throw refused(
      `${file} cannot be used`,
      z.prettifyError(error),
      "lifeboat:chroma and lifeboat:coverage as docs/configuration.md has them",
      USAGE,
    );
  const { "lifeboat:chroma": chroma, "lifeboat:coverage": coverage, "lifeboat:configuration": configuration } = data.config;
  const git = configuration?.git;
  const repositories = git === undefined || git === "off" ? [] : git.repositories;
  return {
    tenants: chroma?.tenants ?? [DEFAULT_TENANT],
    forges: coverage?.forges ?? [],
    repositoryUrls: repositories.flatMap(({ url, mirror }) => [url, ...(mirror === undefined ? [] : [mirror.url])]),
  };
};

const parsed = (argv: readonly string[]) => {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        ...SIDE_OPTIONS,
        chroma: { type: "string" },
        "without-collections": { type: "boolean", default: false },
        "without-repositories": { type: "boolean", default: false },
        json: { type: "boolean", default: false },
      },
    }).values;
  } catch (error) {
    throw refused(
      messageOf(error),
      argv.join(" "),
      "--chroma, --without-collections, --without-repositories, --system, --region, --json",
      USAGE,
    );
  }
};
