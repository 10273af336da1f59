import { credentials, type ServiceError } from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as pb from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { type Opened, open, type WireObject } from "../../../local/plugins/protocol/wire";

/** What the engine keeps of a resource in its state. */
export interface State {
  readonly type: string;
  readonly name: string;
  readonly id: string;
  readonly inputs: WireObject;
  readonly outputs: WireObject;
}

export interface Diff {
  readonly changed: boolean;
  readonly paths: readonly string[];
  readonly replaces: readonly string[];
  readonly deleteBeforeReplace: boolean;
}

type Answer<T> = (error: ServiceError | null, response: T) => void;
const answered = <T>(call: (callback: Answer<T>) => unknown): Promise<T> =>
  new Promise((resolve, reject) => void call((error, response) => (error === null ? resolve(response) : reject(error))));

const struct = (from: WireObject): Struct => Struct.fromJavaScript(from);
const urn = (type: string, name: string): string => `urn:pulumi:test::conformance::${type}::${name}`;

/** The engine's half of the plugin protocol, call by call, over real gRPC. Properties are wire JSON: secrets and unknowns as the engine sends them. */
export class Engine {
  private readonly client: ResourceProviderClient;
  private seeds = 0;

  constructor(port: number) {
    this.client = new ResourceProviderClient(`127.0.0.1:${port}`, credentials.createInsecure(), { "grpc.max_receive_message_length": -1 });
  }

  close(): void {
    this.client.close();
  }

  async configure(config: WireObject): Promise<pb.ConfigureResponse> {
    const request = new pb.ConfigureRequest();
    request.setArgs(struct(config));
    return answered<pb.ConfigureResponse>((done) => this.client.configure(request, done));
  }

  handshake(): Promise<pb.ProviderHandshakeResponse> {
    return answered((done) => this.client.handshake(new pb.ProviderHandshakeRequest(), done));
  }

  /** The checked inputs, still wrapped; throws the failures as one error, as the engine prints them. */
  async checkRaw(type: string, name: string, news: WireObject, olds?: WireObject): Promise<pb.CheckResponse> {
    const request = new pb.CheckRequest();
    request.setUrn(urn(type, name));
    request.setNews(struct(news));
    if (olds !== undefined) request.setOlds(struct(olds));
    this.seeds += 1;
    request.setRandomseed(new Uint8Array([this.seeds & 255, this.seeds >> 8, 1, 7]));
    return answered((done) => this.client.check(request, done));
  }

  async check(type: string, name: string, news: WireObject, olds?: WireObject): Promise<WireObject> {
    const response = await this.checkRaw(type, name, news, olds);
    const failures = response.getFailuresList().map((failure) => `${failure.getProperty()}: ${failure.getReason()}`);
    if (failures.length > 0) throw new Error(failures.join("\n"));
    return response.getInputs()?.toJavaScript() ?? {};
  }

  async diff(state: State, news: WireObject, ignoreChanges: readonly string[] = []): Promise<Diff> {
    const request = new pb.DiffRequest();
    request.setUrn(urn(state.type, state.name));
    request.setId(state.id);
    request.setOlds(struct(state.outputs));
    request.setOldInputs(struct(state.inputs));
    request.setNews(struct(news));
    request.setIgnorechangesList([...ignoreChanges]);
    const response = await answered<pb.DiffResponse>((done) => this.client.diff(request, done));
    return {
      changed: response.getChanges() === pb.DiffResponse.DiffChanges.DIFF_SOME,
      paths: response.getDiffsList(),
      replaces: response.getReplacesList(),
      deleteBeforeReplace: response.getDeletebeforereplace(),
    };
  }

  async create(type: string, name: string, news: WireObject, options: { readonly timeoutSeconds?: number } = {}): Promise<State> {
    const inputs = await this.check(type, name, news);
    const request = this.creation(type, name, inputs);
    request.setTimeout(options.timeoutSeconds ?? 0);
    const response = await answered<pb.CreateResponse>((done) => this.client.create(request, done));
    return { type, name, id: response.getId(), inputs, outputs: response.getProperties()?.toJavaScript() ?? {} };
  }

  async previewCreate(type: string, name: string, news: WireObject): Promise<Opened> {
    const request = this.creation(type, name, await this.check(type, name, news));
    request.setPreview(true);
    const response = await answered<pb.CreateResponse>((done) => this.client.create(request, done));
    return open(response.getProperties());
  }

  private creation(type: string, name: string, inputs: WireObject): pb.CreateRequest {
    const request = new pb.CreateRequest();
    request.setUrn(urn(type, name));
    request.setProperties(struct(inputs));
    return request;
  }

  /** As `pulumi refresh` does; undefined when the resource is gone. */
  async read(state: State): Promise<State | undefined> {
    const request = new pb.ReadRequest();
    request.setUrn(urn(state.type, state.name));
    request.setId(state.id);
    request.setProperties(struct(state.outputs));
    request.setInputs(struct(state.inputs));
    const response = await answered<pb.ReadResponse>((done) => this.client.read(request, done));
    if (response.getId() === "") return undefined;
    const [inputs, outputs] = [response.getInputs()?.toJavaScript() ?? {}, response.getProperties()?.toJavaScript() ?? {}];
    return { ...state, id: response.getId(), inputs, outputs };
  }

  /** As `pulumi import` does: nothing is known but the id. */
  import(type: string, name: string, id: string): Promise<State | undefined> {
    return this.read({ type, name, id, inputs: {}, outputs: {} });
  }

  async update(state: State, news: WireObject, options: { readonly preview?: boolean } = {}): Promise<State> {
    const inputs = await this.check(state.type, state.name, news, state.inputs);
    const request = new pb.UpdateRequest();
    request.setUrn(urn(state.type, state.name));
    request.setId(state.id);
    request.setOlds(struct(state.outputs));
    request.setOldInputs(struct(state.inputs));
    request.setNews(struct(inputs));
    request.setPreview(options.preview ?? false);
    const response = await answered<pb.UpdateResponse>((done) => this.client.update(request, done));
    return { ...state, inputs, outputs: response.getProperties()?.toJavaScript() ?? {} };
  }

  async delete(state: State): Promise<void> {
    const request = new pb.DeleteRequest();
    request.setUrn(urn(state.type, state.name));
    request.setId(state.id);
    request.setProperties(struct(state.outputs));
    request.setOldInputs(struct(state.inputs));
    await answered<Empty>((done) => this.client.delete(request, done));
  }

  async invoke(token: string, args: WireObject): Promise<WireObject> {
    const request = new pb.InvokeRequest();
    request.setTok(token);
    request.setArgs(struct(args));
    const response = await answered<pb.InvokeResponse>((done) => this.client.invoke(request, done));
    const failures = response.getFailuresList().map((failure) => `${failure.getProperty()}: ${failure.getReason()}`);
    if (failures.length > 0) throw new Error(failures.join("\n"));
    return response.getReturn()?.toJavaScript() ?? {};
  }

  async cancel(): Promise<void> {
    await answered<Empty>((done) => this.client.cancel(new Empty(), done));
  }
}
