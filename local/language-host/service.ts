import * as grpc from "@grpc/grpc-js";
import type { ILanguageRuntimeServer } from "@pulumi/pulumi/proto/language_grpc_pb";
import {
  AboutResponse,
  DependencyInfo,
  GetProgramDependenciesResponse,
  GetRequiredPackagesResponse,
  GetRequiredPluginsResponse,
  LanguageHandshakeResponse,
  RuntimeOptionsResponse,
} from "@pulumi/pulumi/proto/language_pb";
import { PackageDependency, PluginDependency, PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { version as sdkVersion } from "@pulumi/pulumi/version";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { messageOf } from "../../recovery/errors";
import { programDependencies, providerPackages } from "./packages";
import { programCommand, runProgram } from "./program";

interface Host {
  /** Where the program reports to. */
  readonly engine: string;
  readonly node: string;
  readonly environment: NodeJS.ProcessEnv;
  cancel(): void;
}

/** Answers with what `work` makes of the request; a failure reaches the person through the engine. */
const answer =
  <Q, R>(work: (request: Q) => R | Promise<R>): grpc.handleUnaryCall<Q, R> =>
  (call, callback) => {
    Promise.resolve(call.request)
      .then(work)
      .then(
        (response) => callback(null, response),
        (thrown: unknown) => callback({ code: grpc.status.UNKNOWN, details: messageOf(thrown) }),
      );
  };

const notHere = (method: string, instead: string): Partial<grpc.StatusObject> => ({
  code: grpc.status.UNIMPLEMENTED,
  details: `The local language host has no ${method}: ${instead}`,
});
const OFFICIAL_HOST = "install the Pulumi CLI with its own language host";

const refuse =
  <Q, R>(method: string): grpc.handleUnaryCall<Q, R> =>
  (_call, callback) =>
    callback(notHere(method, OFFICIAL_HOST));

const refuseStream =
  <Q, R>(method: string, instead: string): grpc.handleServerStreamingCall<Q, R> =>
  (call) =>
    void call.emit("error", notHere(method, instead));

const PLUGIN_KIND = "resource";

/** The language host's part of the protocol that running, previewing and destroying a program needs. */
export const languageService = (host: Host): ILanguageRuntimeServer => ({
  handshake: answer(() => new LanguageHandshakeResponse()),
  getPluginInfo: answer(() => {
    const response = new PluginInfo();
    response.setVersion(sdkVersion);
    return response;
  }),
  getRequiredPackages: answer((request) => {
    const response = new GetRequiredPackagesResponse();
    for (const each of providerPackages(request.getInfo()?.getProgramDirectory() ?? process.cwd())) {
      const dependency = new PackageDependency();
      dependency.setName(each.name);
      dependency.setKind(PLUGIN_KIND);
      dependency.setVersion(`v${each.version}`);
      dependency.setServer(each.server);
      response.addPackages(dependency);
    }
    return response;
  }),
  getRequiredPlugins: answer((request) => {
    const response = new GetRequiredPluginsResponse();
    for (const each of providerPackages(request.getInfo()?.getProgramDirectory() ?? process.cwd())) {
      const dependency = new PluginDependency();
      dependency.setName(each.name);
      dependency.setKind(PLUGIN_KIND);
      dependency.setVersion(`v${each.version}`);
      dependency.setServer(each.server);
      response.addPlugins(dependency);
    }
    return response;
  }),
  run: answer((request) => runProgram(programCommand(request, host.engine, host.node, host.environment))),
  about: answer(() => {
    const response = new AboutResponse();
    response.setExecutable(host.node);
    response.setVersion(process.version);
    return response;
  }),
  getProgramDependencies: answer((request) => {
    const response = new GetProgramDependenciesResponse();
    const directory = request.getInfo()?.getProgramDirectory() ?? process.cwd();
    for (const each of programDependencies(directory, request.getTransitivedependencies())) {
      const dependency = new DependencyInfo();
      dependency.setName(each.name);
      dependency.setVersion(each.version);
      response.addDependencies(dependency);
    }
    return response;
  }),
  runtimeOptionsPrompts: answer(() => new RuntimeOptionsResponse()),
  cancel: answer(() => {
    host.cancel();
    return new Empty();
  }),
  installDependencies: refuseStream("InstallDependencies", "run npm ci"),
  runPlugin: refuseStream("RunPlugin", OFFICIAL_HOST),
  template: refuse("Template"),
  generateProgram: refuse("GenerateProgram"),
  generateProject: refuse("GenerateProject"),
  generatePackage: refuse("GeneratePackage"),
  pack: refuse("Pack"),
  link: refuse("Link"),
});
