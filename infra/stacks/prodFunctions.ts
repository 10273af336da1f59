import type * as pulumi from "@pulumi/pulumi";
import type { FunctionName, Site } from "../../recovery/names";
import { protectBucketDefinition } from "../components/existing/protectBucket";
import { UnattendedFunction } from "../components/functions/unattendedFunction";
import type { FunctionNetwork } from "../components/network/functionNetwork";
import type { ProdConfiguration } from "../config/read";
import { bundleFunctions } from "../functions/bundle";
import { functionDefinitions } from "../functions/definitions";

export interface FunctionsArgs {
  readonly site: Site;
  readonly configuration: ProdConfiguration;
  /** Identifier of the protected database. */
  readonly databaseInstance: string;
  readonly networks: { readonly primary: FunctionNetwork; readonly recovery: FunctionNetwork };
  readonly primary: pulumi.ComponentResourceOptions;
  readonly recovery: pulumi.ComponentResourceOptions;
  readonly chromaUrl: pulumi.Input<string>;
}

/** The functions of a system; `protect-bucket` where the documents' bucket is not Lifeboat's. */
export type DeployedFunctions = Readonly<
  Record<Exclude<FunctionName, "protect-bucket">, UnattendedFunction> & Partial<Record<"protect-bucket", UnattendedFunction>>
>;

/** Every function, each under a role of its own. Those of a recovery are made now, because a role is an IAM write that the worst day may refuse. */
export const deployFunctions = async (args: FunctionsArgs): Promise<DeployedFunctions> => {
  const { site, configuration } = args;
  const { existing } = configuration.objects;
  const code = await bundleFunctions();
  const definitions = [
    ...functionDefinitions(site, configuration, args.databaseInstance),
    ...(existing === undefined ? [] : [protectBucketDefinition(site, existing)]),
  ];
  const deploy = (name: FunctionName): UnattendedFunction => {
    const definition = definitions.find((candidate) => candidate.name === name);
    if (definition === undefined) throw new Error(`function "${name}" has no definition in infra/functions/definitions.ts`);
    return new UnattendedFunction(
      name,
      {
        system: site.system,
        accountId: site.accountId,
        region: definition.home === "primary" ? site.primaryRegion : site.recoveryRegion,
        definition,
        codeFile: code[name],
        environment: name === "chroma-export" ? { CHROMA_URL: args.chromaUrl } : {},
        network: definition.inClusterNetwork ? args.networks[definition.home] : undefined,
      },
      args[definition.home],
    );
  };
  return {
    canary: deploy("canary"),
    ...(existing === undefined ? {} : { "protect-bucket": deploy("protect-bucket") }),
    "chroma-export": deploy("chroma-export"),
    seal: deploy("seal"),
    verify: deploy("verify"),
    watch: deploy("watch"),
    resolve: deploy("resolve"),
    "chroma-import": deploy("chroma-import"),
    "documents-restore": deploy("documents-restore"),
    promote: deploy("promote"),
    "postgres-ready": deploy("postgres-ready"),
    validate: deploy("validate"),
    "cut-over": deploy("cut-over"),
  };
};
