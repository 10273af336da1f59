import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
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

/** The catalogue through the provider, so that the program reads it with the credentials that it deploys with. */
const catalogueOf = (bucket: string, options: pulumi.InvokeOptions): CatalogueReader => ({
  async *keys(prefix) {
    // The newest come first, and a selection reads a bounded number of them: one page holds them all.
    const { keys } = await aws.s3.getObjects({ bucket, prefix, maxKeys: 1000 }, options);
    yield* keys;
  },
  async read(key) {
    const { keys } = await aws.s3.getObjects({ bucket, prefix: key, maxKeys: 1 }, options);
    return keys[0] === key ? (await aws.s3.getObject({ bucket, key }, options)).body : undefined;
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
 * Fails before anything is created when a store has no usable recovery point. A recovery that was resolved already has its points
 * pinned: then the choice is made, and this is no reason to stop a second `up`.
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
  for await (const key of catalogue.keys("catalogue/recoveries/")) if (key.endsWith("/plan.json")) return;
  throw new LifeboatError({
    code: "no-recovery-point",
    what: `There is no usable recovery point${notAfter === undefined ? "" : ` at or before ${notAfter.toISOString()}`}; nothing was created:\n${listed("chroma", passedOver)}\n`,
    allowed: "a sealed recovery point with a passed proof for every store",
    hint: `Look at s3://${standing.buckets.vault}/catalogue/ and at the verifying function's log; a point that was not read back yet is verified within minutes`,
  });
};
