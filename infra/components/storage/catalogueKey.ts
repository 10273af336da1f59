import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { catalogueKeyAlias } from "../../../recovery/names";
import { catalogueKeyPolicy } from "../../iam/catalogueKeyPolicy";

export interface CatalogueKeyArgs {
  readonly system: string;
  readonly accountId: string;
  readonly signerArns: readonly string[];
  readonly disposable: boolean;
}

/**
 * The key that the catalogue is authenticated by, in the recovery region. Who can write into the vault without it, or put back what was there, makes
 * nothing that is restored from. It does not rotate: an entry must be checked as long as it is kept, and HMAC keys rotate by hand only.
 * https://docs.aws.amazon.com/kms/latest/developerguide/hmac.html
 */
export class CatalogueKey extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;

  constructor(name: string, args: CatalogueKeyArgs, options: pulumi.ComponentResourceOptions) {
    super("lifeboat:storage:CatalogueKey", name, {}, options);
    const key = new aws.kms.Key(
      name,
      {
        description: `${args.system}: tells the catalogue's own entries from others`,
        keyUsage: "GENERATE_VERIFY_MAC",
        customerMasterKeySpec: "HMAC_256",
        // https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html
        deletionWindowInDays: args.disposable ? 7 : 30,
        policy: catalogueKeyPolicy(args),
      },
      { parent: this, protect: !args.disposable },
    );
    new aws.kms.Alias(name, { name: catalogueKeyAlias(args.system), targetKeyId: key.keyId }, { parent: this });
    this.arn = key.arn;
    this.registerOutputs({ arn: this.arn });
  }
}
