import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { keyPolicy } from "../../iam/keyPolicy";

export interface EncryptionKeyArgs {
  readonly accountId: string;
  readonly region: string;
  /** `alias/…`: function policies name the key by it. */
  readonly alias: string;
  readonly description: string;
  readonly disposable: boolean;
}

/**
 * One region's key. The regions' keys are independent of each other: what is replicated is encrypted again under the recovery
 * region's own key, so that neither the loss of the primary region nor the loss of its key costs a backup.
 */
export class EncryptionKey extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;

  constructor(name: string, args: EncryptionKeyArgs, options: pulumi.ComponentResourceOptions) {
    super("lifeboat:storage:EncryptionKey", name, {}, options);
    const key = new aws.kms.Key(
      name,
      {
        description: args.description,
        enableKeyRotation: true,
        // The longest that AWS allows, so that a deletion can be noticed; the shortest where everything is disposable.
        // https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html
        deletionWindowInDays: args.disposable ? 7 : 30,
        policy: keyPolicy(args),
      },
      { parent: this, protect: !args.disposable },
    );
    new aws.kms.Alias(name, { name: args.alias, targetKeyId: key.keyId }, { parent: this });
    this.arn = key.arn;
    this.registerOutputs({ arn: this.arn });
  }
}
