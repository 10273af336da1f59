import { parameterArn } from "../../iam/arns";
import type { FunctionContext } from "../context";
import { type FunctionDefinition, MINUTE } from "../definition";

export const cutOver = ({ accountId, buckets, useKey, read, write, liveParameter, site }: FunctionContext): FunctionDefinition => ({
  name: "cut-over",
  description: "Sends applications to the recovered stores once they are validated",
  home: "recovery",
  timeoutSeconds: MINUTE,
  memoryMb: 256,
  inClusterNetwork: false,
  environment: { VAULT_BUCKET: buckets.vault, LIVE_PARAMETER: liveParameter },
  statements: [
    ...read(buckets.vault, "catalogue/*"),
    write(buckets.vault, "catalogue/recoveries/*"),
    {
      actions: ["ssm:GetParameter", "ssm:PutParameter"],
      resources: [parameterArn(site.recoveryRegion, accountId, liveParameter)],
    },
    useKey("recovery"),
  ],
});
