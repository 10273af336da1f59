import { CONFIGURATION_EXPORT } from "../../../recovery/configuration/manifest";
import { STATE_PREFIX } from "../../../recovery/configuration/state";
import type { FunctionContext } from "../../functions/context";
import { staged } from "../../functions/definitions/configurationExport";
import { seesProofs } from "../../functions/provenConfiguration";
import { keysArn } from "../../iam/arns";
import type { Statement } from "../../iam/policy";

/** What the git job's role may do: read its repositories' secrets, write exports and their states, see what of them is proven, and publish. */
export const gitStatements = (context: FunctionContext): readonly Statement[] => {
  const {
    configuration: { configuration },
    site,
    buckets,
    write,
    useKey,
    metrics,
  } = context;
  const { git } = configuration;
  const repositories = git === "off" ? [] : git.repositories;
  const secrets = [...new Set(repositories.flatMap(({ credentials, mirror }) => [credentials ?? [], mirror?.credentials ?? []].flat()))];
  return [
    ...staged(buckets.staging),
    write(buckets.staging, `${CONFIGURATION_EXPORT.prefix}*`, `${STATE_PREFIX}*`),
    useKey("primary"),
    ...seesProofs(context),
    metrics,
    ...(secrets.length === 0
      ? []
      : [
          { actions: ["secretsmanager:GetSecretValue"], resources: secrets },
          {
            // They may be under keys of anybody's. https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
            actions: ["kms:Decrypt"],
            resources: [keysArn(site.primaryRegion, site.accountId)],
            condition: { StringEquals: { "kms:ViaService": `secretsmanager.${site.primaryRegion}.amazonaws.com` } },
          },
        ]),
  ];
};
