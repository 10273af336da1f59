import { z } from "zod";
import { valuesOf } from "../../instances/parameters";
import type { Instance } from "../../instances/records";
import { become } from "../../instances/states";
import { failure, say } from "../../instances/transitions";
import type { Context, Operation } from "../context";
import { invalidCombination, invalidState, unsupported } from "../errors";
import { parseInput } from "../inputs";
import { viewInstance } from "../views/instance";
import { parameterGroupNamed } from "./groups";
import { instanceNamed } from "./named";

const rebootInput = z.strictObject({ DBInstanceIdentifier: z.string(), ForceFailover: z.boolean().default(false) });

export const rebootDBInstance: Operation = (raw, context) => {
  const input = parseInput("RebootDBInstance", rebootInput, raw);
  const instance = instanceNamed(input.DBInstanceIdentifier, context);
  if (input.ForceFailover) {
    if (!instance.settings.multiAz)
      throw invalidCombination("ForceFailover cannot be specified since the instance is not configured for MultiAZ.");
    throw unsupported("ForceFailover: no standby runs, and so the failover");
  }
  if (instance.status !== "available" && instance.status !== "incompatible-parameters") {
    throw invalidState(`Database instance ${instance.identifier} is not in available state: it is ${instance.status}.`);
  }
  instance.status = "rebooting";
  context.background.queue(
    instance,
    () => restart(instance, context),
    failure(instance, context, "incompatible-parameters", "The DB instance did not start again"),
  );
  return { DBInstance: viewInstance(instance, context) };
};

/** What waited for it is applied now: parameters of the group that are static, or were set to wait. */
const restart = async (instance: Instance, context: Context): Promise<void> => {
  const { server } = instance;
  if (server === undefined) throw new Error("the instance has no server");
  const parameters = valuesOf(parameterGroupNamed(instance.settings.parameterGroup, context), context.software);
  await server.applyParameters(parameters);
  instance.parameters = parameters;
  await server.restart();
  instance.parameterStatus = "in-sync";
  say(instance, context, "availability", "DB instance restarted");
  become(instance, "available");
};
