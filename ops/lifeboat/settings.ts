import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import * as z from "zod";
import { type Regions, STACKS, type StackName } from "../../recovery/backend";
import { LifeboatError, messageOf } from "../../recovery/errors";

/** What the checkout says about the system: what both stacks must agree on, and where their state and secrets are. */
export interface Settings {
  readonly project: string;
  readonly system: string;
  readonly regions: Regions;
  /** `backend.url` of Pulumi.yaml, which stands in no committed file of this project. */
  readonly backendUrl?: string;
  /** What `pulumi stack init` wrote into each stack's file. */
  readonly secretsProviders: Readonly<Partial<Record<StackName, string>>>;
  /** Whether the cluster that is recovered to is there, runs without nodes, or is made in the recovery. */
  readonly recoveryCluster: "existing" | "warm" | "onDemand";
  /** What a recovery's Chroma server asks of the cluster, as Kubernetes writes quantities. */
  readonly chroma: { readonly cpu: string; readonly storage: string };
}

const Region = z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, "a region such as eu-west-1");
const Project = z.looseObject({ name: z.string(), backend: z.looseObject({ url: z.string().optional() }).optional() });
const StackFile = z.looseObject({
  secretsprovider: z.string().optional(),
  config: z.looseObject({
    "lifeboat:system": z.string().regex(/^(?!.*--)[a-z][a-z0-9-]{1,16}[a-z0-9]$/, "3 to 18 lower-case letters, digits and single hyphens"),
    "lifeboat:regions": z.object({ primary: Region, recovery: Region }),
    "lifeboat:clusters": z
      .looseObject({
        recovery: z.looseObject({ kind: z.string().optional(), standby: z.enum(["warm", "onDemand"]).optional() }).optional(),
      })
      .optional(),
    "lifeboat:server": z.looseObject({ cpu: z.coerce.string().optional(), storage: z.string().optional() }).optional(),
  }),
});

/** Reads Pulumi.yaml, Pulumi.prod.yaml and Pulumi.dr.yaml. @throws LifeboatError, code configuration. */
export const readSettings = (projectDir: string): Settings => {
  const project = readYaml(join(projectDir, "Pulumi.yaml"), Project);
  const [prod, dr] = STACKS.map((stack) => ({ stack, ...readYaml(join(projectDir, `Pulumi.${stack}.yaml`), StackFile) }));
  if (prod === undefined || dr === undefined) throw new Error("there are two stacks");
  const [said, other] = [prod, dr].map(({ config }) => ({ system: config["lifeboat:system"], regions: config["lifeboat:regions"] }));
  if (said === undefined || other === undefined || JSON.stringify(said) !== JSON.stringify(other))
    throw refused("Pulumi.prod.yaml and Pulumi.dr.yaml speak of different systems", `${JSON.stringify(said)} and ${JSON.stringify(other)}`);
  if (said.regions.primary === said.regions.recovery)
    throw refused("The recovery region is the primary region: both would be lost at once", said.regions.recovery);
  return {
    project: project.name,
    ...said,
    recoveryCluster: prod.config["lifeboat:clusters"]?.recovery?.standby ?? "existing",
    // The defaults of the configuration: docs/configuration.md.
    chroma: { cpu: "1", storage: "100Gi", ...dr.config["lifeboat:server"] },
    ...(project.backend?.url === undefined ? {} : { backendUrl: project.backend.url }),
    secretsProviders: Object.fromEntries(
      [prod, dr].flatMap(({ stack, secretsprovider }) => (secretsprovider === undefined ? [] : [[stack, secretsprovider]])),
    ),
  };
};

const refused = (what: string, received: string): LifeboatError =>
  new LifeboatError({
    code: "configuration",
    what,
    received,
    allowed: "one system, and two different regions, in both files",
    hint: "Mend lifeboat:system and lifeboat:regions in both files (docs/configuration.md)",
  });

const readYaml = <T>(file: string, schema: z.ZodType<T>): T => {
  if (!existsSync(file))
    throw new LifeboatError({ code: "configuration", what: `${file} does not exist`, hint: "Run the command in the project's checkout" });
  try {
    return schema.parse(parse(readFileSync(file, "utf8")));
  } catch (error) {
    const received = error instanceof z.ZodError ? z.prettifyError(error) : messageOf(error);
    throw new LifeboatError({
      code: "configuration",
      what: `${file} cannot be used`,
      received,
      hint: "docs/configuration.md lists every value",
      cause: error,
    });
  }
};
