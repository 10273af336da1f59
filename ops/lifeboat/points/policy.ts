import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import * as z from "zod";
import { NO_LONG_TERM, type RetentionPolicy, retentionPolicy } from "../../../recovery/retention/policy";

const Count = z.int().min(0).default(0);
const ProdFile = z.looseObject({
  config: z.looseObject({
    "lifeboat:vault": z.looseObject({ backupRetentionDays: z.int().min(1), documentsRetentionDays: z.int().min(1) }),
    "lifeboat:retention": z.object({ hourly: Count, daily: Count, weekly: Count, monthly: Count }).default(NO_LONG_TERM),
  }),
});

/** The policy of Pulumi.prod.yaml; undefined where there is none that can be read: on a bad day the points are worth more than why they are kept. */
export const readPolicy = (projectDir: string): RetentionPolicy | undefined => {
  const file = join(projectDir, "Pulumi.prod.yaml");
  if (!existsSync(file)) return undefined;
  try {
    const { config } = ProdFile.parse(parse(readFileSync(file, "utf8")));
    return retentionPolicy({ ...config["lifeboat:vault"], longTerm: config["lifeboat:retention"] });
  } catch {
    return undefined;
  }
};
