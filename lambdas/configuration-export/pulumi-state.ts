import { pulumiStateSubject } from "../../recovery/configuration/subjects";
import { LifeboatError } from "../../recovery/errors";
import type { ObjectStore } from "../shared/objects";
import type { FileSource, Listed } from "./source";

/** Where Pulumi's own backends keep things: https://github.com/pulumi/pulumi/blob/master/pkg/backend/diy/store.go */
const META_KEY = ".pulumi/meta.yaml";
const STACKS_PREFIX = ".pulumi/stacks/";
/** Checkpoints, and not the copies that the backend makes of them by itself. */
const CHECKPOINT = /\.json(\.gz)?$/;

/**
 * The checkpoints of a state bucket, by stack of Lifeboat. They are copied as they are: secrets in them stay encrypted by the stack's own provider, whose
 * key a restore needs as well.
 */
export const pulumiStateOf = (stack: string, store: ObjectStore): FileSource => ({
  subject: pulumiStateSubject(stack),
  kind: "files",
  bucket: store.bucket,
  async list() {
    const files: Listed[] = [];
    for (const prefix of [META_KEY, STACKS_PREFIX])
      for await (const page of store.list(prefix))
        for (const { key } of page) if (key === META_KEY || CHECKPOINT.test(key)) files.push(...(await listed(store, key)));
    return files;
  },
  async read({ name, versions }) {
    const found = await store.get(name, versions[0]?.id);
    if (found !== undefined) return found.bytes;
    throw new LifeboatError({
      code: "store-unavailable",
      what: `s3://${store.bucket}/${name} is gone`,
      received: `version ${versions[0]?.id}`,
      hint: "The next run exports what is there then",
    });
  },
});

const listed = async (store: ObjectStore, key: string): Promise<readonly Listed[]> => {
  const facts = await store.head(key);
  if (facts === undefined) return [];
  const { versionId, sizeBytes, lastModified } = facts;
  return [{ name: key, versions: [{ id: versionId, stages: [] }], fingerprint: JSON.stringify([versionId, sizeBytes, lastModified]) }];
};
