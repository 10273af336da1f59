import {
  Architecture,
  CreateFunctionCommand,
  DeleteFunctionCommand,
  DeleteFunctionConcurrencyCommand,
  GetFunctionCommand,
  LambdaClient,
  PublishVersionCommand,
  PutFunctionConcurrencyCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import { Archive, type Properties, type ResourceHandler } from "../../protocol/resource";
import { compact, flag, number, record, requiredText, text, texts } from "../../protocol/values";
import { changed, finishCreation, inOrder, outputsOf } from "../answers";
import { allTags, kept, regionFromProvider, regionInput, regionOf, tagsInput, tagsRead, unlessGone } from "../common";
import type { AwsContext } from "../context";
import { retag } from "../retag";
import { configurationChanged, configurationInputs, configurationRead, configurationRequest } from "./configuration";
import { functionArns, latestVersion } from "./identity";
import { tagging } from "./tagging";
import { settled, whenRoleIsKnown } from "./wait";
import { zip } from "./zip";

const clientOf = (context: AwsContext, properties: Properties) => context.client(LambdaClient, regionOf(context, properties));

/** What the API says when nothing is reserved. */
const unreserved = -1;

const codeOf = (inputs: Properties): Uint8Array => zip(inputs.code instanceof Archive ? inputs.code.files : new Map());

const architecturesOf = (inputs: Properties): Architecture[] | undefined => {
  const named = texts(inputs, "architectures");
  return named === undefined ? undefined : Object.values(Architecture).filter((architecture) => named.includes(architecture));
};

async function reserve(client: LambdaClient, name: string, inputs: Properties): Promise<void> {
  const reserved = number(inputs, "reservedConcurrentExecutions") ?? unreserved;
  if (reserved === unreserved) await client.send(new DeleteFunctionConcurrencyCommand({ FunctionName: name }));
  else await client.send(new PutFunctionConcurrencyCommand({ FunctionName: name, ReservedConcurrentExecutions: reserved }));
}

const read: ResourceHandler<AwsContext>["read"] = async (context, id, state) => {
  const client = clientOf(context, state);
  const found = await unlessGone(client.send(new GetFunctionCommand({ FunctionName: id })), "ResourceNotFoundException");
  const configuration = found?.Configuration;
  if (found === undefined || configuration === undefined) return undefined;
  const tags = found.Tags ?? {};
  const inputs = compact({
    ...kept(state, "code", "publish", "skipDestroy"),
    ...configurationRead(configuration, state, process.env),
    region: regionOf(context, state),
    name: configuration.FunctionName,
    packageType: configuration.PackageType ?? "Zip",
    architectures: inOrder(state, "architectures", configuration.Architectures),
    reservedConcurrentExecutions: found.Concurrency?.ReservedConcurrentExecutions ?? unreserved,
    ...tagsRead(context, tags, state),
  });
  const version = flag(state, "publish") === true ? await latestVersion(client, id) : "$LATEST";
  const outputs = compact({
    ...inputs,
    ...functionArns(configuration.FunctionArn ?? "", version),
    vpcConfig: inputs.vpcConfig === undefined ? undefined : { ...record(inputs, "vpcConfig"), vpcId: configuration.VpcConfig?.VpcId ?? "" },
    version,
    lastModified: configuration.LastModified,
    codeSha256: configuration.CodeSha256,
    sourceCodeHash: configuration.CodeSha256,
    sourceCodeSize: configuration.CodeSize,
    signingJobArn: configuration.SigningJobArn ?? "",
    signingProfileVersionArn: configuration.SigningProfileVersionArn ?? "",
    tagsAll: tags,
  });
  return { inputs, outputs };
};

export const lambdaFunction: ResourceHandler<AwsContext> = {
  type: "aws:lambda/function:Function",
  inputs: {
    ...regionInput,
    ...tagsInput,
    ...configurationInputs,
    name: { replaces: true },
    code: { required: true },
    packageType: { default: "Zip", replaces: true },
    architectures: { chosenByService: true },
    reservedConcurrentExecutions: { default: unreserved },
    publish: { default: false },
    skipDestroy: { default: false },
  },
  autoName: { property: "name", maxLength: 64 },
  computed: [
    ...["arn", "invokeArn", "qualifiedArn", "qualifiedInvokeArn", "responseStreamingInvokeArn", "version", "lastModified", "codeSha256"],
    ...["sourceCodeHash", "sourceCodeSize", "signingJobArn", "signingProfileVersionArn", "tagsAll"],
  ],
  configured: regionFromProvider,

  check(inputs) {
    const failures = [];
    if (inputs.packageType !== undefined && inputs.packageType !== "Zip") {
      failures.push({
        property: "packageType",
        reason: `is ${String(inputs.packageType)}; the embedded AWS runs functions of type Zip only`,
      });
    }
    return failures;
  },

  async create(context, inputs, signal) {
    const client = clientOf(context, inputs);
    const name = requiredText(inputs, "name");
    const request = new CreateFunctionCommand({
      ...configurationRequest(inputs, process.env),
      FunctionName: name,
      PackageType: "Zip",
      Code: { ZipFile: codeOf(inputs) },
      Architectures: architecturesOf(inputs),
      Publish: flag(inputs, "publish"),
      Tags: allTags(context, inputs),
    });
    await whenRoleIsKnown(() => client.send(request, { abortSignal: signal }), signal);
    return finishCreation(read, context, name, inputs, async () => {
      await settled(client, name, signal);
      if ((number(inputs, "reservedConcurrentExecutions") ?? unreserved) !== unreserved) await reserve(client, name, inputs);
    });
  },

  read,

  async update(context, id, olds, news, signal) {
    const client = clientOf(context, news);
    if (configurationChanged(olds, news)) {
      const request = new UpdateFunctionConfigurationCommand({ FunctionName: id, ...configurationRequest(news, process.env) });
      await whenRoleIsKnown(() => client.send(request, { abortSignal: signal }), signal);
      await settled(client, id, signal);
    }
    if (codeHash(olds) !== codeHash(news) || changed(olds, news, "architectures")) {
      await client.send(new UpdateFunctionCodeCommand({ FunctionName: id, ZipFile: codeOf(news), Architectures: architecturesOf(news) }));
      await settled(client, id, signal);
    }
    // AWS makes no new version when nothing changed since the last one.
    if (flag(news, "publish") === true) await client.send(new PublishVersionCommand({ FunctionName: id }));
    if (changed(olds, news, "reservedConcurrentExecutions")) await reserve(client, id, news);
    await retag(context, olds, news, tagging(client, requiredText(olds, "arn")));
    return outputsOf(read, context, id, news);
  },

  async delete(context, id, state) {
    if (flag(state, "skipDestroy") === true) return;
    await unlessGone(clientOf(context, state).send(new DeleteFunctionCommand({ FunctionName: id })), "ResourceNotFoundException");
  },
};

function codeHash(properties: Properties): string | undefined {
  return properties.code instanceof Archive ? properties.code.hash : text(properties, "sourceCodeHash");
}
