import { type handleUnaryCall, Server, ServerCredentials, status, type UntypedServiceImplementation } from "@grpc/grpc-js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { configuring } from "./configuring";
import { failure, textOf } from "./failures";
import { invoking } from "./invoking";
import { type ManagingOptions, managing } from "./managing";
import type { Plugin } from "./resource";
import { PluginState } from "./state";

export interface ServedPlugin {
  readonly port: number;
  isCancelled(): boolean;
  stop(): Promise<void>;
}

/** One unary gRPC method from an async function; what it throws becomes a status with our text. */
const unary =
  <Q, R>(answer: (request: Q) => Promise<R>): handleUnaryCall<Q, R> =>
  (call, callback) => {
    answer(call.request).then(
      (response) => callback(null, response),
      (thrown) => callback(isStatus(thrown) ? thrown : failure(status.UNKNOWN, textOf(thrown)), null),
    );
  };

const isStatus = (thrown: unknown): thrown is ReturnType<typeof failure> =>
  thrown instanceof Error && "metadata" in thrown && "details" in thrown && "code" in thrown;

function implementation<C>(state: PluginState<C>, options: ManagingOptions): UntypedServiceImplementation {
  const setUp = configuring(state);
  const resource = managing(state, options);
  return {
    handshake: unary(setUp.handshake),
    getPluginInfo: unary(setUp.getPluginInfo),
    getSchema: unary(setUp.getSchema),
    checkConfig: unary(setUp.checkConfig),
    diffConfig: unary(setUp.diffConfig),
    configure: unary(setUp.configure),
    check: unary(resource.check),
    diff: unary(resource.diff),
    create: unary(resource.create),
    read: unary(resource.read),
    update: unary(resource.update),
    delete: unary(resource.delete),
    invoke: unary(invoking(state).invoke),
    attach: unary(async () => new Empty()),
    cancel: unary(async () => {
      state.cancel();
      return new Empty();
    }),
  };
}

/** Serves `plugin` as a Pulumi resource provider on 127.0.0.1 and a free port. https://github.com/pulumi/pulumi/blob/master/proto/pulumi/provider.proto */
export async function servePlugin<C>(plugin: Plugin<C>, options: ManagingOptions): Promise<ServedPlugin> {
  // Function bundles and manifests go over the wire whole.
  const server = new Server({ "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 });
  const state = new PluginState(plugin);
  server.addService(ResourceProviderService, implementation(state, options));
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (thrown, bound) => (thrown ? reject(thrown) : resolve(bound)));
  });
  return { port, isCancelled: () => state.isCancelled, stop: async () => server.forceShutdown() };
}
