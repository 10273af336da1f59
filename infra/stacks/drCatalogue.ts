import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import type { Authenticator } from "../../recovery/catalogue/authenticity";
import { type CatalogueReader, type Judged, selectPoint } from "../../recovery/catalogue/select";
import { Standing } from "../../recovery/catalogue/standing";
import { LifeboatError, messageOf } from "../../recovery/errors";
import { parameterNames } from "../../recovery/names";
import type { DrConfiguration } from "../config/read";

/** What stands in the recovery region, as `prod` left it there. */
export const readStanding = async (configuration: DrConfiguration, options: pulumi.InvokeOptions): Promise<Standing> => {
  const name = parameterNames(configuration.system).standing;
  const parameter = await aws.ssm.getParameter({ name }, options).catch((error: unknown) => {
    throw new LifeboatError({
      code: "no-recovery-point",
      what: `Nothing of system "${configuration.system}" stands in ${configuration.regions.recovery}: its parameter could not be read (${messageOf(error)})`,
      received: `parameter ${name}`,
      hint: "Check lifeboat:system, lifeboat:regions and the account; the prod stack writes this parameter",
      cause: error,
    });
  });
  return Standing.parse(JSON.parse(parameter.value));
};

/** The functions that a recovery runs. A drill asks for all of them too: what a failover would miss is found on a quiet day. */
const RecoveryFunctions = z.object({
  resolve: z.string(),
  "chroma-import": z.string(),
  "documents-restore": z.string(),
  promote: z.string(),
  "postgres-ready": z.string(),
  validate: z.string(),
  "cut-over": z.string(),
});
export type RecoveryFunctions = z.infer<typeof RecoveryFunctions>;

/** Their names in the recovery region; fails before anything is created when one does not stand there. */
export const requireFunctions = ({ functions }: Standing): RecoveryFunctions => {
  const found = RecoveryFunctions.safeParse(functions);
  if (found.success) return found.data;
  throw new LifeboatError({
    code: "no-recovery-point",
    what: `The recovery region lacks functions that a recovery runs: ${found.error.issues.map(({ path }) => path.join(".")).join(", ")}; nothing was created`,
    received: Object.keys(functions).join(", "),
    hint: "The prod stack that wrote the parameter is older than this program: use the release that prod was deployed with",
  });
};

/** What a restored database is made with; fails before anything is created when `prod` did not say. */
export const requireDatabase = ({ postgres, stores }: Standing): NonNullable<Standing["postgres"]> => {
  if (postgres !== undefined && stores.includes("postgres")) return postgres;
  throw new LifeboatError({
    code: "no-recovery-point",
    what: "The recovery region does not say how a restored database is made; nothing was created",
    received: `stores ${stores.join(", ")}${postgres === undefined ? ", and nothing of postgres" : ""}`,
    allowed: "a parameter that names postgres among its stores, with its groups and its network",
    hint: "The prod stack that wrote the parameter is older than this program: use the release that prod was deployed with",
  });
};

/** The provider has no call for a code: the program looks for a point so that it fails early, and `resolve`, the first step, decides by authentic ones. */
const notCheckedHere: Authenticator = { isAuthentic: async () => true };

/** The catalogue through the provider, so that the program reads it with the credentials that it deploys with. It lists current objects only. */
const catalogueOf = (bucket: string, options: pulumi.InvokeOptions): CatalogueReader => ({
  authenticator: notCheckedHere,
  async *keys(prefix) {
    // The newest come first, and a selection reads a bounded number of them: one page holds them all.
    const { keys } = await aws.s3.getObjects({ bucket, prefix, maxKeys: 1000 }, options);
    yield* keys;
  },
  async read(key) {
    const { keys } = await aws.s3.getObjects({ bucket, prefix: key, maxKeys: 1 }, options);
    return keys[0] === key ? (await aws.s3.getObject({ bucket, key }, options)).body : undefined;
  },
  async *versions(prefix) {
    const { keys } = await aws.s3.getObjects({ bucket, prefix, maxKeys: 1000 }, options);
    for (const key of keys) yield { key, text: (await aws.s3.getObject({ bucket, key }, options)).body };
  },
});

const EXAMPLES = 5;

const listed = (store: string, passedOver: readonly Judged[]): string => {
  if (passedOver.length === 0) return `  - ${store}: the catalogue has no recovery point`;
  const shown = passedOver.slice(0, EXAMPLES).map(({ key, reason }) => `      ${key}: ${reason}`);
  const rest = passedOver.length > EXAMPLES ? [`      and ${passedOver.length - EXAMPLES} more`] : [];
  return [`  - ${store}: ${passedOver.length} recovery points, none usable:`, ...shown, ...rest].join("\n");
};

/**
 * Fails before anything is created when a store has no usable recovery point. A failover that was resolved has its points pinned:
 * the choice is made, and its later `up` must not stop because points have outlived their retention. A drill is only worth a new one.
 *
 * Of the database nothing is looked at here: the provider has no data source for automated backups
 * (https://www.pulumi.com/registry/packages/aws/api-docs/rds/). `resolve`, the first step, refuses before the database is made.
 */
export const requireUsablePoints = async (
  configuration: DrConfiguration,
  standing: Standing,
  options: pulumi.InvokeOptions,
): Promise<void> => {
  if (!standing.stores.includes("chroma")) return;
  const catalogue = catalogueOf(standing.buckets.vault, options);
  const notAfter = configuration.time === undefined ? undefined : new Date(configuration.time);
  const { chosen, passedOver } = await selectPoint(catalogue, configuration.system, "chroma", notAfter);
  if (chosen !== undefined) return;
  if (configuration.mode === "failover")
    for await (const key of catalogue.keys("catalogue/recoveries/failover-")) if (key.endsWith("/plan.json")) return;
  throw new LifeboatError({
    code: "no-recovery-point",
    what: `There is no usable recovery point${notAfter === undefined ? "" : ` at or before ${notAfter.toISOString()}`}; nothing was created:\n${listed("chroma", passedOver)}\n`,
    allowed: "a sealed recovery point with a passed proof for every store",
    hint: `Look at s3://${standing.buckets.vault}/catalogue/ and at the verifying function's log; a point that was not read back yet is verified within minutes`,
  });
};
