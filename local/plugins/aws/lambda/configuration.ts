import { isDeepStrictEqual } from "node:util";
import { ApplicationLogLevel, type FunctionConfiguration, LogFormat, Runtime, SystemLogLevel, TracingMode } from "@aws-sdk/client-lambda";
import type { InputRule, Properties } from "../../protocol/resource";
import { compact, flag, number, record, requiredText, text, textMap, texts } from "../../protocol/values";
import { inOrder, unlessEmpty } from "../answers";
import { choice } from "../choice";
import type { Environment } from "../configuration";
import { withHostVariables, withoutHostVariables } from "./endpoints";

/** The inputs that UpdateFunctionConfiguration sets; defaults are the official plugin's. */
export const configurationInputs = {
  role: { required: true },
  runtime: { required: true },
  handler: { required: true },
  description: {},
  memorySize: { default: 128 },
  timeout: { default: 3 },
  environment: { fields: { variables: {} } },
  vpcConfig: {
    fields: {
      subnetIds: { required: true, compareAs: "set" },
      securityGroupIds: { required: true, compareAs: "set" },
      ipv6AllowedForDualStack: {},
    },
  },
  deadLetterConfig: { fields: { targetArn: { required: true } } },
  kmsKeyArn: {},
  ephemeralStorage: { fields: { size: {} }, chosenByService: true },
  tracingConfig: { fields: { mode: { required: true } }, chosenByService: true },
  loggingConfig: {
    fields: {
      logFormat: { required: true },
      logGroup: { chosenByService: true },
      applicationLogLevel: { chosenByService: true },
      systemLogLevel: { chosenByService: true },
    },
    chosenByService: true,
  },
  layers: {},
} satisfies { [name: string]: InputRule };

const loggingRequest = (logging: Properties | undefined) =>
  logging === undefined
    ? undefined
    : {
        LogFormat: choice(logging, "logFormat", LogFormat),
        LogGroup: text(logging, "logGroup"),
        ApplicationLogLevel: choice(logging, "applicationLogLevel", ApplicationLogLevel),
        SystemLogLevel: choice(logging, "systemLogLevel", SystemLogLevel),
      };

/** The request that sets all of them. What the program leaves out goes back to its default, so that taking a property away takes effect. */
export function configurationRequest(inputs: Properties, environment: Environment) {
  const vpc = record(inputs, "vpcConfig");
  const ephemeral = record(inputs, "ephemeralStorage");
  const tracing = record(inputs, "tracingConfig");
  return {
    Role: requiredText(inputs, "role"),
    Runtime: choice(inputs, "runtime", Runtime),
    Handler: text(inputs, "handler"),
    Description: text(inputs, "description") ?? "",
    MemorySize: number(inputs, "memorySize"),
    Timeout: number(inputs, "timeout"),
    Environment: { Variables: withHostVariables(textMap(record(inputs, "environment") ?? {}, "variables"), environment) ?? {} },
    VpcConfig: {
      SubnetIds: vpc === undefined ? [] : texts(vpc, "subnetIds"),
      SecurityGroupIds: vpc === undefined ? [] : texts(vpc, "securityGroupIds"),
      Ipv6AllowedForDualStack: vpc === undefined ? undefined : flag(vpc, "ipv6AllowedForDualStack"),
    },
    DeadLetterConfig: { TargetArn: text(record(inputs, "deadLetterConfig") ?? {}, "targetArn") ?? "" },
    KMSKeyArn: text(inputs, "kmsKeyArn") ?? "",
    EphemeralStorage: ephemeral === undefined ? undefined : { Size: number(ephemeral, "size") },
    TracingConfig: tracing === undefined ? undefined : { Mode: choice(tracing, "mode", TracingMode) },
    LoggingConfig: loggingRequest(record(inputs, "loggingConfig")),
    Layers: texts(inputs, "layers") ?? [],
  };
}

/** `olds` also holds what AWS chose; what the program leaves to AWS is no change. */
export function configurationChanged(olds: Properties, news: Properties): boolean {
  const before: { readonly [member: string]: unknown } = configurationRequest(olds, {});
  return Object.entries(configurationRequest(news, {})).some(
    ([member, value]) => value !== undefined && !isDeepStrictEqual(value, before[member]),
  );
}

const vpcRead = (found: FunctionConfiguration["VpcConfig"], state: Properties): Properties | undefined => {
  if (found?.SubnetIds === undefined || found.SubnetIds.length === 0) return undefined;
  const written = record(state, "vpcConfig") ?? {};
  return compact({
    subnetIds: inOrder(written, "subnetIds", found.SubnetIds),
    securityGroupIds: inOrder(written, "securityGroupIds", found.SecurityGroupIds),
    ipv6AllowedForDualStack:
      written.ipv6AllowedForDualStack === undefined && !found.Ipv6AllowedForDualStack ? undefined : found.Ipv6AllowedForDualStack,
  });
};

/** The same inputs as AWS has them. */
export function configurationRead(found: FunctionConfiguration, state: Properties, environment: Environment): Properties {
  const written = textMap(record(state, "environment") ?? {}, "variables");
  const variables = withoutHostVariables(found.Environment?.Variables, written, environment);
  const logging = found.LoggingConfig;
  return compact({
    role: found.Role,
    runtime: found.Runtime,
    handler: found.Handler,
    description: unlessEmpty(state, "description", found.Description),
    memorySize: found.MemorySize,
    timeout: found.Timeout,
    environment: variables === undefined ? record(state, "environment") : { variables },
    vpcConfig: vpcRead(found.VpcConfig, state),
    deadLetterConfig: found.DeadLetterConfig?.TargetArn ? { targetArn: found.DeadLetterConfig.TargetArn } : undefined,
    kmsKeyArn: unlessEmpty(state, "kmsKeyArn", found.KMSKeyArn),
    ephemeralStorage: found.EphemeralStorage === undefined ? undefined : compact({ size: found.EphemeralStorage.Size }),
    tracingConfig: found.TracingConfig === undefined ? undefined : compact({ mode: found.TracingConfig.Mode }),
    loggingConfig:
      logging === undefined
        ? undefined
        : compact({
            logFormat: logging.LogFormat,
            logGroup: logging.LogGroup,
            applicationLogLevel: logging.ApplicationLogLevel,
            systemLogLevel: logging.SystemLogLevel,
          }),
    layers: unlessEmpty(
      state,
      "layers",
      found.Layers?.flatMap((layer) => layer.Arn ?? []),
    ),
  });
}
