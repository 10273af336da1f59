import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import type { DatabaseSecret } from "../../../recovery/catalogue/standing";
import { databaseNames } from "../../../recovery/names";
import type { RecoveryMode } from "../../../recovery/store";

/** Letters and digits alone: RDS refuses "/", "@", quotes and spaces. Without the provider of its parent, which is AWS's. */
export const recoveredPassword = (name: string, parent: pulumi.Resource): pulumi.Output<string> =>
  new random.RandomPassword(name, { length: 32, special: false }, { parent, provider: undefined }).result;

export interface RecoveredSecretArgs {
  readonly system: string;
  readonly recoveryId: pulumi.Input<string>;
  readonly mode: RecoveryMode;
  /** The recovery region's key. */
  readonly keyArn: pulumi.Input<string>;
  readonly value: { readonly [Field in keyof DatabaseSecret]: pulumi.Input<DatabaseSecret[Field]> };
}

/** The ARN of a recovery's own secret, once its value is there: the protected database's secret may be what was lost, and names the lost endpoint. */
export const recoveredSecret = (name: string, args: RecoveredSecretArgs, child: pulumi.CustomResourceOptions): pulumi.Output<string> => {
  const secret = new aws.secretsmanager.Secret(
    name,
    {
      name: pulumi.output(args.recoveryId).apply((id) => databaseNames(args.system).recoveredSecret(id)),
      description: "How to connect to a recovered database: the form of AWS's rotation functions",
      kmsKeyId: args.keyArn,
      recoveryWindowInDays: args.mode === "drill" ? 0 : 30,
    },
    { ...child, protect: args.mode === "failover" },
  );
  const secretString = pulumi.jsonStringify(args.value);
  const version = new aws.secretsmanager.SecretVersion(name, { secretId: secret.id, secretString }, child);
  return pulumi.all([secret.arn, version.versionId]).apply(([arn]) => arn);
};
