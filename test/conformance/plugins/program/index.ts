import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";

/** A small program with what the plugins must get right together: two regions, made-up names, secrets, documents, dependencies. */
const config = new pulumi.Config("conformance");

const recovery = new aws.Provider("recovery", {
  region: "eu-west-1",
  defaultTags: { tags: { system: "conformance" } },
});
const suffix = new random.RandomId("suffix", { byteLength: 3 });
const password = new random.RandomPassword("password", { length: 20, special: false });

const documents = new aws.s3.Bucket("documents", {
  forceDestroy: true,
  tags: { owner: config.require("owner") },
  ...(config.getBoolean("unknownProperty") ? { accelerationStatus: "Enabled" } : {}),
});
new aws.s3.BucketVersioning("documents", { bucket: documents.bucket, versioningConfiguration: { status: "Enabled" } });

const vault = new aws.s3.Bucket(
  "vault",
  { bucket: pulumi.interpolate`vault-${suffix.hex}`, objectLockEnabled: config.getBoolean("locked") ?? true, forceDestroy: true },
  { provider: recovery },
);

const role = new aws.iam.Role("sealer", {
  assumeRolePolicy: {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }],
  },
});
new aws.iam.RolePolicy("sealer", {
  role: role.name,
  policy: pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: ["s3:PutObject"], Resource: pulumi.interpolate`${vault.arn}/*` }],
  }),
});

// Relative paths count from the program's own folder.
const sealer = new aws.lambda.Function("sealer", {
  role: role.arn,
  runtime: "nodejs24.x",
  handler: "index.handler",
  code: new pulumi.asset.AssetArchive({
    "index.js": new pulumi.asset.StringAsset("exports.handler = async () => 'sealed';"),
    "source/index.ts": new pulumi.asset.FileAsset("./index.ts"),
  }),
});

const key = new aws.kms.Key("catalogue", { multiRegion: true, deletionWindowInDays: 7, description: password.result });
const replica = new aws.kms.ReplicaKey("catalogue", { primaryKeyArn: key.arn, deletionWindowInDays: 7 }, { provider: recovery });

export const bucket = documents.bucket;
export const vaultRegion = vault.region;
export const vaultTags = vault.tagsAll;
export const replicaArn = replica.arn;
export const codeSha256 = sealer.sourceCodeHash;
export const secret = password.result;
