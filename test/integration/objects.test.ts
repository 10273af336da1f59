import { CreateBucketCommand, DeleteObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { s3Objects } from "../../lambdas/shared/s3-objects";
import { objectStoreConformance } from "../conformance/objects";
import { primary, root, startTestAws, type TestAws } from "./support/emulator";

const BUCKET = "objects-under-test";
let aws: TestAws | undefined;
let client: S3Client | undefined;

afterAll(async () => {
  client?.destroy();
  await aws?.stop();
});

objectStoreConformance("S3 of the embedded AWS", async () => {
  aws = await startTestAws({ lagSeconds: 0 });
  const s3 = new S3Client({ region: primary, endpoint: aws.gateway.url, credentials: root });
  client = s3;
  // Object Lock brings versioning with it.
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET, ObjectLockEnabledForBucket: true }));
  return {
    store: s3Objects(s3, BUCKET),
    remove: async (key) => void (await s3.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: key }))),
  };
});
