import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import * as z from "zod";
import { jobsNamespace } from "../../../recovery/names";
import type { KubernetesPlace } from "./kubernetes";

const DEFAULT_NAMESPACE = "lifeboat";

const ProdFile = z.looseObject({
  config: z.looseObject({
    "lifeboat:clusters": z.looseObject({
      primary: z.looseObject({ context: z.string().optional(), namespace: z.string().default(DEFAULT_NAMESPACE) }),
    }),
  }),
});

/** Where the jobs of the primary region's cluster are, by Pulumi.prod.yaml; what is said on the command line comes first. */
export const jobsCluster = (projectDir: string, said: { readonly context?: string }): KubernetesPlace => {
  const file = join(projectDir, "Pulumi.prod.yaml");
  const read = existsSync(file) ? ProdFile.safeParse(parse(readFileSync(file, "utf8"))).data : undefined;
  const primary = read?.config["lifeboat:clusters"].primary;
  const context = said.context ?? primary?.context;
  return { namespace: jobsNamespace(primary?.namespace ?? DEFAULT_NAMESPACE), ...(context === undefined ? {} : { context }) };
};
