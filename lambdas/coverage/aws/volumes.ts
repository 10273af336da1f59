import { type EC2Client, paginateDescribeVolumes, type Volume } from "@aws-sdk/client-ec2";
import type { Resource } from "../../../recovery/coverage/resource";

/** What the EBS driver calls the claim that a volume was made for. https://github.com/kubernetes-sigs/aws-ebs-csi-driver/blob/master/docs/tagging.md */
const CLAIM_NAMESPACE = "kubernetes.io/created-for/pvc/namespace";
const CLAIM_NAME = "kubernetes.io/created-for/pvc/name";

/** EBS volumes of the client's region. */
export const listVolumes = async (client: EC2Client, region: string): Promise<readonly Resource[]> => {
  const found: Resource[] = [];
  for await (const { Volumes = [] } of paginateDescribeVolumes({ client }, {}))
    for (const volume of Volumes) {
      const resource = resourceOf(volume, region);
      if (resource !== undefined) found.push(resource);
    }
  return found;
};

const resourceOf = ({ VolumeId: name, Tags = [], Attachments = [] }: Volume, region: string): Resource | undefined => {
  if (name === undefined) return undefined;
  const tag = (key: string): string | undefined => Tags.find(({ Key }) => Key === key)?.Value;
  const [namespace, claim] = [tag(CLAIM_NAMESPACE), tag(CLAIM_NAME)];
  const [attachment] = Attachments;
  return {
    kind: "volume",
    name,
    aliases: namespace === undefined || claim === undefined ? [] : [`pvc:${namespace}/${claim}`],
    region,
    ...(attachment?.DeleteOnTermination === true
      ? { ephemeral: `deleted with its instance ${attachment.InstanceId ?? ""}, whatever is on it` }
      : {}),
  };
};
