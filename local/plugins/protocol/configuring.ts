import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import * as pb from "@pulumi/pulumi/proto/provider_pb";
import { differences } from "./differences";
import { textOf } from "./failures";
import { toProperties } from "./marshal";
import { checkFailure } from "./requests";
import type { PluginState } from "./state";
import { isUnknown, open } from "./wire";

/** The calls that set a provider up. */
export const configuring = <C>(state: PluginState<C>) => ({
  handshake: async (_: pb.ProviderHandshakeRequest): Promise<pb.ProviderHandshakeResponse> => {
    const answer = new pb.ProviderHandshakeResponse();
    answer.setAcceptSecrets(true);
    answer.setAcceptResources(false);
    answer.setAcceptOutputs(false);
    answer.setSupportsAutonamingConfiguration(true);
    return answer;
  },

  getPluginInfo: async (): Promise<PluginInfo> => {
    const answer = new PluginInfo();
    answer.setVersion(state.plugin.version);
    return answer;
  },

  getSchema: async (): Promise<pb.GetSchemaResponse> => {
    const answer = new pb.GetSchemaResponse();
    answer.setSchema(JSON.stringify({ name: state.plugin.name, version: state.plugin.version }));
    return answer;
  },

  /** Tries the configuration, so that a wrong one is reported before anything is created. */
  checkConfig: async (request: pb.CheckRequest): Promise<pb.CheckResponse> => {
    const answer = new pb.CheckResponse();
    answer.setInputs(request.getNews());
    const { values } = open(request.getNews());
    if (Object.values(values).some(isUnknown)) return answer;
    try {
      state.plugin.configure(await toProperties(values, "hashes"));
    } catch (thrown) {
      answer.addFailures(checkFailure({ property: "", reason: textOf(thrown) }));
    }
    return answer;
  },

  diffConfig: async (request: pb.DiffRequest): Promise<pb.DiffResponse> => {
    const answer = new pb.DiffResponse();
    const before = request.getOldInputs() ?? request.getOlds();
    const found = differences({}, open(before).values, open(request.getNews()).values);
    const names = [...new Set(found.map(({ path }) => path.split(/[.[]/)[0] ?? path))].filter((name) => name !== "version");
    answer.setChanges(names.length === 0 ? pb.DiffResponse.DiffChanges.DIFF_NONE : pb.DiffResponse.DiffChanges.DIFF_SOME);
    answer.setDiffsList(names);
    answer.setReplacesList(names.filter((name) => state.plugin.replacingSettings?.includes(name)));
    return answer;
  },

  configure: async (request: pb.ConfigureRequest): Promise<pb.ConfigureResponse> => {
    state.configure(await toProperties(open(request.getArgs()).values, "hashes"));
    const answer = new pb.ConfigureResponse();
    answer.setAcceptsecrets(true);
    answer.setSupportspreview(true);
    answer.setAcceptresources(false);
    answer.setAcceptoutputs(false);
    answer.setSupportsAutonamingConfiguration(true);
    return answer;
  },
});
