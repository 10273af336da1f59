import { createServer, type Server } from "node:http";
import { dirname } from "node:path";
import { buffer } from "node:stream/consumers";
import { settingsOf } from "../../../local/plugins/aws/configuration";
import { AwsClients, type AwsContext } from "../../../local/plugins/aws/context";
import type { FunctionHandler, ResourceHandler } from "../../../local/plugins/protocol/resource";
import { createRds, type Rds, readServiceModel, type Software, type Surroundings, serviceModelFile } from "../../../local/rds";
import { pythonTool } from "../../support/python-tool";
import { type Aws, region } from "./aws";
import { createMemoryEngine } from "./databases";
import { usePlugin } from "./served";

const config = { region, accessKey: "test", secretKey: "test" };
const account = "000000000000";
/** Still, so that two answers of one instance are equal. */
const clock = { now: () => new Date("2026-01-31T12:00:00.000Z") };

const dynamic = { description: "", modifiable: true, applyType: "dynamic" } as const;
const software: Software = {
  version: "15.9",
  family: "postgres15",
  parameters: new Map([
    ["rds.force_ssl", { ...dynamic, name: "rds.force_ssl", setting: "rds.force_ssl", dataType: "boolean" }],
    ["work_mem", { ...dynamic, name: "work_mem", setting: "work_mem", dataType: "integer" }],
    [
      "track_commit_timestamp",
      { ...dynamic, name: "track_commit_timestamp", setting: "track_commit_timestamp", dataType: "boolean", applyType: "static" },
    ],
  ]),
};

/** A network of two zones, and every key and group that is asked for. */
const surroundings: Surroundings = {
  keyArn: async (where, keyId) => (keyId.startsWith("arn:") ? keyId : `arn:aws:kms:${where}:${account}:key/${keyId}`),
  subnets: async (where, ids) => ids.map((id, index) => ({ id, vpcId: "vpc-1", availabilityZone: `${where}${index === 0 ? "a" : "b"}` })),
  defaultSubnets: async (where) => [{ id: "subnet-default", vpcId: "vpc-1", availabilityZone: `${where}a` }],
  securityGroups: async (_, ids) => new Map(ids.map((id) => [id, "vpc-1"])),
  defaultSecurityGroup: async () => "sg-default",
};

/** The region of a signed call: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html */
const regionOf = (authorization: string | undefined): string => authorization?.split("/")[2] ?? region;

const startApi = async (): Promise<Rds> =>
  createRds({
    engine: createMemoryEngine(clock.now),
    clock,
    account,
    random: Math.random,
    serviceModel: readServiceModel(serviceModelFile(dirname(await pythonTool("ministack")))),
    software,
    surroundings,
    settings: {
      automatedBackupReplicationLagSeconds: 0,
      snapshotCopyLagSeconds: 0,
      walShippingSeconds: 1,
      baseBackupIntervalSeconds: 3_600,
      replicaLagSeconds: 0,
      replicaLagMetricSeconds: 60,
    },
    publishMetric: () => undefined,
  });

/** The given handlers served on the embedded RDS, which answers these calls behind the gateway; signatures are the gateway's part. */
export function useRds(resources: readonly ResourceHandler<AwsContext>[], functions: readonly FunctionHandler<AwsContext>[] = []): Aws {
  let rds: Rds | undefined;
  let server: Server | undefined;
  let url = "";
  beforeAll(async () => {
    const api = await startApi();
    rds = api;
    server = createServer(async (request, response) => {
      const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
      const call = { path: request.url ?? "/", headers, body: await buffer(request), region: regionOf(headers.authorization) };
      const answer = await api.handle(call);
      response.writeHead(answer.status, { ...answer.headers }).end(answer.body);
    });
    const listening = server;
    await new Promise<void>((resolve) => void listening.listen(0, "127.0.0.1", resolve));
    const address = listening.address();
    if (address === null || typeof address === "string") throw new Error("the RDS of the tests has no port");
    url = `http://127.0.0.1:${address.port}`;
  });
  const context = () => new AwsClients(settingsOf(config, { AWS_ENDPOINT_URL_RDS: url }));
  const plugin = usePlugin(
    () => ({ name: "aws", version: "7.48.0", configure: context, resources, functions, source: "local/plugins/aws" }),
    () => config,
  );
  afterAll(async () => {
    server?.closeAllConnections();
    await new Promise((resolve) => server?.close(resolve));
    await rds?.stop();
  });
  return { plugin, outside: context };
}
