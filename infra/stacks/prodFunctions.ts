import * as pulumi from "@pulumi/pulumi";
import { bucketNames, type FunctionName, type Site } from "../../recovery/names";
import { protectBucketDefinition } from "../components/existing/protectBucket";
import { UnattendedFunction } from "../components/functions/unattendedFunction";
import type { FunctionNetwork } from "../components/network/functionNetwork";
import type { ProdConfiguration } from "../config/read";
import { bundleFunctions } from "../functions/bundle";
import type { FunctionDefinition } from "../functions/definition";
import { functionDefinitions } from "../functions/definitions";
import { sealedSecretsStatement } from "../functions/sealedSecrets";
import { objectsArn } from "../iam/arns";
import type { Statement } from "../iam/policy";

export interface FunctionsArgs {
  readonly site: Site;
  readonly definitions: readonly FunctionDefinition[];
  readonly networks: { readonly primary: FunctionNetwork; readonly recovery: FunctionNetwork };
  readonly primary: pulumi.ComponentResourceOptions;
  readonly recovery: pulumi.ComponentResourceOptions;
  readonly chromaUrl: pulumi.Input<string>;
  /** Of the key that the catalogue is authenticated by. */
  readonly catalogueKeyArn: pulumi.Input<string>;
  /** Of the key that exported secrets are sealed under. */
  readonly sealedSecretsKeyArn: pulumi.Input<string>;
}

/** The functions of a system; `protect-bucket` where the documents' bucket is not Lifeboat's. */
export type DeployedFunctions = Readonly<
  Record<Exclude<FunctionName, "protect-bucket">, UnattendedFunction> & Partial<Record<"protect-bucket", UnattendedFunction>>
>;

/** What the functions of a system are. @param databaseInstance identifier of the protected database */
export const definitionsOf = (site: Site, configuration: ProdConfiguration, databaseInstance: string): readonly FunctionDefinition[] => {
  const { existing } = configuration.objects;
  return [
    ...functionDefinitions(site, configuration, databaseInstance),
    ...(existing === undefined ? [] : [protectBucketDefinition(site, existing)]),
  ];
};

/** The functions whose own policies let them write into the vault's catalogue. */
export const catalogueWriters = (definitions: readonly FunctionDefinition[], site: Site): readonly FunctionName[] => {
  const catalogue = objectsArn(bucketNames(site).vault, "catalogue/");
  return definitions
    .filter(({ statements }) =>
      statements.some(({ actions, resources }) => actions.includes("s3:PutObject") && resources.some((arn) => arn.startsWith(catalogue))),
    )
    .map(({ name }) => name);
};

/** The functions that make the catalogue's codes. */
export const catalogueSigners = (definitions: readonly FunctionDefinition[]): readonly FunctionName[] =>
  definitions.filter(({ catalogue }) => catalogue === "writes").map(({ name }) => name);

/** The key is named by its ARN: an alias can be turned to another key. */
const catalogueKeyStatements = ({ catalogue }: FunctionDefinition, keyArn: pulumi.Input<string>): pulumi.Input<readonly Statement[]> =>
  catalogue === undefined
    ? []
    : pulumi
        .output(keyArn)
        .apply((arn) => [{ actions: catalogue === "writes" ? ["kms:GenerateMac", "kms:VerifyMac"] : ["kms:VerifyMac"], resources: [arn] }]);

const sealedSecretsStatements = (
  { sealedSecrets: use }: FunctionDefinition,
  keyArn: pulumi.Input<string>,
): pulumi.Input<readonly Statement[]> =>
  use === undefined ? [] : pulumi.output(keyArn).apply((arn) => [sealedSecretsStatement(use, arn)]);

/** Every function, each under a role of its own. Those of a recovery are made now, because a role is an IAM write that the worst day may refuse. */
export const deployFunctions = async (args: FunctionsArgs): Promise<DeployedFunctions> => {
  const { site } = args;
  const code = await bundleFunctions();
  const deploy = (definition: FunctionDefinition): UnattendedFunction =>
    new UnattendedFunction(
      definition.name,
      {
        system: site.system,
        accountId: site.accountId,
        region: definition.home === "primary" ? site.primaryRegion : site.recoveryRegion,
        definition,
        codeFile: code[definition.name],
        environment: {
          ...(definition.speaksToPrimaryChroma === true ? { CHROMA_URL: args.chromaUrl } : {}),
          ...(definition.catalogue === undefined ? {} : { CATALOGUE_KEY: args.catalogueKeyArn }),
          ...(definition.sealedSecrets === "seals" ? { SEALED_SECRETS_KEY: args.sealedSecretsKeyArn } : {}),
        },
        statements: pulumi
          .all([catalogueKeyStatements(definition, args.catalogueKeyArn), sealedSecretsStatements(definition, args.sealedSecretsKeyArn)])
          .apply((lists) => lists.flat()),
        network: definition.inClusterNetwork ? args.networks[definition.home] : undefined,
      },
      args[definition.home],
    );
  // The definitions are of every function but protect-bucket, which their test holds.
  return Object.fromEntries(args.definitions.map((definition) => [definition.name, deploy(definition)])) as DeployedFunctions;
};
