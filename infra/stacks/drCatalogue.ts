import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
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
