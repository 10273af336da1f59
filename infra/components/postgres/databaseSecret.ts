import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { DatabaseSecret as SecretValue } from "../../../recovery/catalogue/standing";

export interface DatabaseSecretArgs {
  readonly secretName: string;
  readonly keyArn: pulumi.Input<string>;
  /** Where a copy is kept, under that region's own key. */
  readonly replica: { readonly region: string; readonly keyArn: pulumi.Input<string> };
  readonly value: { readonly [Field in keyof SecretValue]: pulumi.Input<SecretValue[Field]> };
  readonly disposable: boolean;
}

/**
 * How to connect to the database, in both regions. Not RDS's own managed password: that secret stays in the database's region, and a database that
 * has it can have no read replica. https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html#rds-secrets-manager-limitations
 */
export class DatabaseSecret extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;

  constructor(name: string, args: DatabaseSecretArgs, options: pulumi.ComponentResourceOptions) {
    super("lifeboat:postgres:DatabaseSecret", name, {}, options);
    const secret = new aws.secretsmanager.Secret(
      name,
      {
        name: args.secretName,
        description: "How to connect to the PostgreSQL database",
        kmsKeyId: args.keyArn,
        replicas: [{ region: args.replica.region, kmsKeyId: args.replica.keyArn }],
        // A secret of this name that stands there by itself was promoted by somebody: it is not overwritten unseen.
        forceOverwriteReplicaSecret: args.disposable,
        recoveryWindowInDays: args.disposable ? 0 : 30,
      },
      { parent: this },
    );
    new aws.secretsmanager.SecretVersion(name, { secretId: secret.id, secretString: pulumi.jsonStringify(args.value) }, { parent: this });
    this.arn = secret.arn;
    this.registerOutputs({ arn: this.arn });
  }
}
