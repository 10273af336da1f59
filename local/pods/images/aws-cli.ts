import { localCommand } from "./command";
import type { MappedImage } from "./image-map";
import { IMAGE_TOOLS, toolDirectory } from "./tools";

export interface AwsCliImageOptions {
  /** The `aws` command. Version 1 stands for the image's 2: scripts say what both know. */
  readonly aws: string;
  /** Where AWS answers. */
  readonly endpointUrl: string;
  readonly directory: string;
  /** This machine's. */
  readonly path: string;
}

/** The official AWS CLI image. Who it is comes from its pod's role; a pod without one is nobody. */
export const awsCliImage = ({ aws, endpointUrl, directory, path }: AwsCliImageOptions): MappedImage => ({
  match: /^(?:(?:docker\.io\/)?amazon|public\.ecr\.aws\/aws-cli)\/aws-cli(:|@|$)/,
  start: (container) =>
    localCommand(container, {
      entrypoint: ["aws"],
      path: toolDirectory(directory, IMAGE_TOOLS.awsCli, { aws }, path),
      // Without a role it would ask the machine that it runs on, which in EKS's Auto Mode answers no pod: https://docs.aws.amazon.com/eks/latest/userguide/automode.html
      env: { AWS_ENDPOINT_URL: endpointUrl, AWS_EC2_METADATA_DISABLED: "true" },
    }),
});
