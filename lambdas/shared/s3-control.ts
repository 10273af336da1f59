import { isIP } from "node:net";
import { S3ControlClient, type S3ControlClientConfig } from "@aws-sdk/client-s3-control";

/**
 * S3 Control puts the account before its endpoint's name, which an IP address does not bear: an endpoint that is given as one is called as it
 * stands, as S3's own client does with a bucket. https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_CreateJob.html (Host)
 */
export const s3ControlClient = (configuration: S3ControlClientConfig = {}): S3ControlClient => {
  const client = new S3ControlClient(configuration);
  const byRules = client.config.endpointProvider;
  client.config.endpointProvider = (parameters, context) => {
    const { Endpoint } = parameters;
    const url = Endpoint === undefined ? undefined : new URL(Endpoint);
    return url === undefined || isIP(url.hostname) === 0 ? byRules(parameters, context) : { url };
  };
  return client;
};
