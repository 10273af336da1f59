import * as pb from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { checkInputs } from "./check";
import { planOf } from "./diff";
import { initializationFailure } from "./failures";
import * as lifecycle from "./lifecycle";
import { checkFailure, nameSource, propertyDiff, typeOf } from "./requests";
import { type ResourceHandler, Unfinished } from "./resource";
import type { PluginState } from "./state";
import { type Opened, open, seal } from "./wire";

export interface ManagingOptions {
  /** Where relative paths of assets count from: the program's folder. */
  readonly base: string;
  /** For names where the engine gives no seed. */
  readonly random: (sizeBytes: number) => Uint8Array;
}

const sealed = ({ values, secrets }: Opened) => seal(values, secrets);

/** The calls that manage one resource. */
export const managing = <C>(state: PluginState<C>, options: ManagingOptions) => ({
  check: async (request: pb.CheckRequest): Promise<pb.CheckResponse> => {
    const source = { ...nameSource(request, options.random), plugin: state.plugin.source };
    const olds = request.hasOlds() ? open(request.getOlds()) : undefined;
    const { inputs, failures } = await checkInputs(state.resource(typeOf(request)), state.context, open(request.getNews()), olds, source);
    const answer = new pb.CheckResponse();
    answer.setInputs(sealed(inputs));
    answer.setFailuresList(failures.map(checkFailure));
    return answer;
  },

  diff: async (request: pb.DiffRequest): Promise<pb.DiffResponse> => {
    const handler = state.resource(typeOf(request));
    const plan = planOf(handler, oldInputs(handler, request), open(request.getNews()).values, request.getIgnorechangesList());
    const answer = new pb.DiffResponse();
    const { DIFF_NONE, DIFF_SOME } = pb.DiffResponse.DiffChanges;
    answer.setChanges(plan.differences.length === 0 ? DIFF_NONE : DIFF_SOME);
    answer.setDiffsList(plan.differences.map(({ path }) => path));
    answer.setReplacesList([...plan.replaces]);
    answer.setDeletebeforereplace(plan.deleteBeforeReplace);
    for (const { path, kind, replaces } of plan.differences) answer.getDetaileddiffMap().set(path, propertyDiff(kind, replaces));
    answer.setHasdetaileddiff(true);
    return answer;
  },

  create: async (request: pb.CreateRequest): Promise<pb.CreateResponse> => {
    const handler = state.resource(typeOf(request));
    const inputs = open(request.getProperties());
    const answer = new pb.CreateResponse();
    if (request.getPreview()) {
      answer.setProperties(sealed(lifecycle.previewOfCreate(handler, inputs)));
      return answer;
    }
    const { id, outputs } = await working(state, handler, options, request, inputs, (setting) =>
      lifecycle.create(handler, inputs, setting),
    );
    answer.setId(id);
    answer.setProperties(sealed(outputs));
    return answer;
  },

  read: async (request: pb.ReadRequest): Promise<pb.ReadResponse> => {
    const before = { inputs: open(request.getInputs()), state: open(request.getProperties()) };
    const found = await lifecycle.read(state.resource(typeOf(request)), request.getId(), before, { context: state.context });
    const answer = new pb.ReadResponse();
    if (found === undefined) return answer;
    answer.setId(found.id);
    answer.setProperties(sealed(found.outputs));
    answer.setInputs(sealed(found.inputs));
    return answer;
  },

  update: async (request: pb.UpdateRequest): Promise<pb.UpdateResponse> => {
    const handler = state.resource(typeOf(request));
    const [olds, news] = [open(request.getOlds()), open(request.getNews())];
    const answer = new pb.UpdateResponse();
    if (request.getPreview()) {
      answer.setProperties(sealed(lifecycle.previewOfUpdate(handler, olds, news)));
      return answer;
    }
    const { outputs } = await working(state, handler, options, request, news, (setting) =>
      lifecycle.update(handler, request.getId(), olds, news, setting),
    );
    answer.setProperties(sealed(outputs));
    return answer;
  },

  delete: async (request: pb.DeleteRequest): Promise<Empty> => {
    const handler = state.resource(typeOf(request));
    await lifecycle.remove(handler, request.getId(), open(request.getProperties()), { context: state.context });
    return new Empty();
  },
});

/** Inputs that an engine without `oldInputs` would have sent: the state's outputs that are inputs. */
function oldInputs<C>(handler: ResourceHandler<C>, request: pb.DiffRequest) {
  if (request.hasOldInputs()) return open(request.getOldInputs()).values;
  return Object.fromEntries(Object.entries(open(request.getOlds()).values).filter(([name]) => handler.inputs[name] !== undefined));
}

/** Runs `work` under the resource's timeout, and reports what exists when it is left unfinished. */
async function working<C>(
  state: PluginState<C>,
  handler: ResourceHandler<C>,
  { base }: ManagingOptions,
  request: { getTimeout(): number },
  inputs: Opened,
  work: (setting: lifecycle.Setting<C>) => Promise<lifecycle.Made>,
): Promise<lifecycle.Made> {
  const { signal, done } = state.signal(request.getTimeout());
  try {
    return await work({ context: state.context, base, signal });
  } catch (thrown) {
    if (thrown instanceof Unfinished) throw initializationFailure(lifecycle.made(handler, thrown.created, inputs), inputs, thrown.reason);
    throw signal.aborted ? signal.reason : thrown;
  } finally {
    done();
  }
}
