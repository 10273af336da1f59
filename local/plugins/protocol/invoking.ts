import * as pb from "@pulumi/pulumi/proto/provider_pb";
import { toProperties, toWireObject } from "./marshal";
import { checkFailure } from "./requests";
import { ruleFailures, withDefaults } from "./rules";
import type { PluginState } from "./state";
import { open, seal } from "./wire";

/** Calls of functions (`getCallerIdentity`); the engine sends no unknown arguments. */
export const invoking = <C>(state: PluginState<C>) => ({
  invoke: async (request: pb.InvokeRequest): Promise<pb.InvokeResponse> => {
    const handler = state.function(request.getTok());
    const args = open(request.getArgs());
    const answer = new pb.InvokeResponse();
    const failures = ruleFailures(handler.inputs, args.values, { name: handler.token, source: state.plugin.source });
    answer.setFailuresList(failures.map(checkFailure));
    if (failures.length > 0) return answer;
    const result = await handler.call(state.context, await toProperties(withDefaults(handler.inputs, args.values), "hashes"));
    answer.setReturn(seal(toWireObject(result), new Set()));
    return answer;
  },
});
