import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import * as z from "zod";
import { parseDurationSeconds } from "../../../recovery/duration";
import { LifeboatError, messageOf } from "../../../recovery/errors";
import { DEFAULT_TIERS, type Tier } from "../../../recovery/objectives";

/** What the stacks' files say, as far as they are there: on a bad day the command must work with what it is given by hand. */
export interface Defaults {
  readonly system?: string;
  readonly primaryRegion?: string;
  readonly recoveryRegion?: string;
  /** The tier of the database. */
  readonly tierName?: string;
  /** The tiers that there are by themselves, and those of the configuration over them. */
  readonly tiers: Readonly<Record<string, Tier>>;
}

const DrFile = z.looseObject({
  config: z
    .looseObject({
      "lifeboat:system": z.string().optional(),
      "lifeboat:regions": z.looseObject({ primary: z.string().optional(), recovery: z.string().optional() }).optional(),
    })
    .optional(),
});

const ProdFile = z.looseObject({
  config: z
    .looseObject({
      "lifeboat:postgres": z.looseObject({ tier: z.string().optional() }).optional(),
      "lifeboat:tiers": z.record(z.string(), z.looseObject({ rto: z.string(), rpo: z.string() })).optional(),
    })
    .optional(),
});

/** Reads Pulumi.dr.yaml and, for the objectives alone, Pulumi.prod.yaml. @throws LifeboatError for a file that is there and cannot be read. */
export const readDefaults = (projectDir: string): Defaults => {
  const dr = readStackFile(join(projectDir, "Pulumi.dr.yaml"), DrFile)?.config;
  const prod = readStackFile(join(projectDir, "Pulumi.prod.yaml"), ProdFile)?.config;
  const regions = dr?.["lifeboat:regions"];
  const configured = Object.entries(prod?.["lifeboat:tiers"] ?? {}).map(([name, { rto, rpo }]): [string, Tier] => [
    name,
    { rtoSeconds: parseDurationSeconds(rto), rpoSeconds: parseDurationSeconds(rpo) },
  ]);
  return {
    system: dr?.["lifeboat:system"],
    primaryRegion: regions?.primary,
    recoveryRegion: regions?.recovery,
    tierName: prod?.["lifeboat:postgres"]?.tier,
    tiers: { ...DEFAULT_TIERS, ...Object.fromEntries(configured) },
  };
};

const readStackFile = <T>(file: string, schema: z.ZodType<T>): T | undefined => {
  if (!existsSync(file)) return undefined;
  try {
    return schema.parse(parse(readFileSync(file, "utf8")));
  } catch (error) {
    throw new LifeboatError({
      code: "configuration",
      what: `${file} is no stack configuration that can be read`,
      received: messageOf(error).replace(/\s+/g, " "),
      hint: "Mend it (docs/configuration.md lists every value), or run the command in a folder without it and say --system, --region and --primary-region",
    });
  }
};
