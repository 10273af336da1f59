import { type LambdaClient, paginateListVersionsByFunction } from "@aws-sdk/client-lambda";

/** How API Gateway names a function. https://docs.aws.amazon.com/apigateway/latest/api/API_PutIntegration.html */
const invokeArn = (arn: string): string => {
  const [, partition, , region] = arn.split(":");
  return `arn:${partition}:apigateway:${region}:lambda:path/2015-03-31/functions/${arn}/invocations`;
};

const streamingArn = (arn: string): string =>
  invokeArn(arn)
    .replace("/2015-03-31/", "/2021-11-15/")
    .replace(/invocations$/, "response-streaming-invocations");

/** The ARNs by which other resources name a function. */
export const functionArns = (arn: string, version: string) => ({
  arn,
  qualifiedArn: `${arn}:${version}`,
  invokeArn: invokeArn(arn),
  qualifiedInvokeArn: invokeArn(`${arn}:${version}`),
  responseStreamingInvokeArn: streamingArn(arn),
});

/** The newest published version; "$LATEST" while there is none. */
export async function latestVersion(client: LambdaClient, name: string): Promise<string> {
  let newest = 0;
  for await (const page of paginateListVersionsByFunction({ client }, { FunctionName: name })) {
    for (const { Version } of page.Versions ?? []) newest = Math.max(newest, Number(Version) || 0);
  }
  return newest === 0 ? "$LATEST" : String(newest);
}

/** A function's name, from what resources and programs call it: its name, its ARN, or either with a qualifier. */
export const functionName = (nameOrArn: string): string =>
  (nameOrArn.startsWith("arn:") ? nameOrArn.split(":")[6] : nameOrArn.split(":")[0]) ?? nameOrArn;
