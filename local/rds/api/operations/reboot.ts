import { z } from "zod";
import { failoverStarts } from "../../instances/failovers";
import { valuesOf } from "../../instances/parameters";
import type { Instance } from "../../instances/records";
import { say } from "../../instances/say";
import { become } from "../../instances/states";
import { failure } from "../../instances/transitions";
import type { Context, Operation } from "../context";
import { invalidCombination, invalidState } from "../errors";
import { parseInput } from "../inputs";
import { viewInstance } from "../views/instance";
import { parameterGroupNamed } from "./groups";
import { instanceNamed } from "./named";

const rebootInput = z.strictObject({ DBInstanceIdentifier: z.string(), ForceFailover: z.boolean().default(false) });

export const rebootDBInstance: Operation = (raw, context) => {
  const input = parseInput("RebootDBInstance", rebootInput, raw);
  const instance = instanceNamed(input.DBInstanceIdentifier, context);
  if (input.ForceFailover && !instance.settings.multiAz) {
    throw invalidCombination("ForceFailover cannot be specified since the instance is not configured for MultiAZ.");
  }
  if (instance.status !== "available" && instance.status !== "incompatible-parameters") {
    throw invalidState(`Database instance ${instance.identifier} is not in available state: it is ${instance.status}.`);
  }
  if (input.ForceFailover && instance.server?.standby === undefined) {
    throw invalidState(`Database instance ${instance.identifier} has no standby to fail over to at the moment.`);
  }
  instance.status = "rebooting";
  const [work, failed] = input.ForceFailover
    ? [failOver, failure(instance, context, "available", "The failover failed")]
    : [restart, failure(instance, context, "incompatible-parameters", "The DB instance did not start again")];
  context.background.queue(instance, () => work(instance, context), failed);
  return { DBInstance: viewInstance(instance, context) };
};

/** The standby is what serves afterwards; what waited for a restart goes on waiting, because the server's settings are not written. */
const failOver = async (instance: Instance, context: Context): Promise<void> => {
  if (instance.server === undefined) throw new Error("the instance has no server");
  failoverStarts(instance, context);
  try {
    await instance.server.failOver();
  } finally {
    instance.failingOver = false;
  }
  become(instance, "available");
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
