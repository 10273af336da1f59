import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { EC2Client } from "@aws-sdk/client-ec2";
import {
  DescribeDBSubnetGroupsCommand,
  paginateDescribeDBInstanceAutomatedBackups,
  paginateDescribeOrderableDBInstanceOptions,
  RDSClient,
} from "@aws-sdk/client-rds";
import { S3Client } from "@aws-sdk/client-s3";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import {
  GetAWSDefaultServiceQuotaCommand,
  GetServiceQuotaCommand,
  NoSuchResourceException,
  ServiceQuotasClient,
} from "@aws-sdk/client-service-quotas";
import { GetParameterCommand, ParameterNotFound, SSMClient } from "@aws-sdk/client-ssm";
import { Standing } from "../../../recovery/catalogue/standing";
import { LifeboatError } from "../../../recovery/errors";
import { databaseNames, parameterNames } from "../../../recovery/names";
import type { Settings } from "../settings";
import type { ProtectedDatabase, RecoveryRegion, Subnets } from "./preflight";
import type { Quota } from "./quotas";
import { usageOf } from "./usage";
import type { Offer } from "./verdict";

export interface ConnectedRegion extends RecoveryRegion {
  close(): void;
}

/** AWS in the recovery region. The primary region is not asked, but for the one quota that no other region shows. */
export const connectRegion = ({ system, regions }: Settings, now: () => Date): ConnectedRegion => {
  const region = { region: regions.recovery };
  const clients = {
    rds: new RDSClient(region),
    ec2: new EC2Client(region),
    s3: new S3Client(region),
    secrets: new SecretsManagerClient(region),
    cloudWatch: new CloudWatchClient(region),
  };
  const ssm = new SSMClient(region);
  const quotas = new Map<string, ServiceQuotasClient>();
  const quotasIn = (where: string): ServiceQuotasClient => {
    const client = quotas.get(where) ?? new ServiceQuotasClient({ region: where });
    quotas.set(where, client);
    return client;
  };
  return {
    standing: () => standingOf(ssm, system, regions.recovery),
    limit: (quota) => limitOf(quotasIn(quota.region ?? regions.recovery), quota),
    used: usageOf(clients, { replica: databaseNames(system).replica, now }),
    protectedDatabase: (instance) => protectedDatabase(clients.rds, instance),
    subnets: (groupName) => subnetsOf(clients.rds, groupName),
    offers: (instanceClass, engineVersion) => offersOf(clients.rds, instanceClass, engineVersion),
    close: () => {
      for (const client of [...Object.values(clients), ssm, ...quotas.values()]) client.destroy();
    },
  };
};

const standingOf = async (ssm: SSMClient, system: string, region: string): Promise<Standing> => {
  const { standing: name } = parameterNames(system);
  try {
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name: name }));
    return Standing.parse(JSON.parse(Parameter?.Value ?? ""));
  } catch (error) {
    throw new LifeboatError({
      code: "no-recovery-point",
      what: `What stands in ${region} for a recovery cannot be read`,
      received: error instanceof ParameterNotFound ? `no parameter ${name}` : `parameter ${name}: ${String(error)}`,
      hint: "The prod stack writes it: pulumi up --stack prod, with this program's release",
      cause: error,
    });
  }
};

/** The account's own value; AWS's default where it never asked for another. */
const limitOf = async (client: ServiceQuotasClient, { service, code }: Quota): Promise<number> => {
  const asked = { ServiceCode: service, QuotaCode: code };
  const answer = await client.send(new GetServiceQuotaCommand(asked)).catch((error: unknown) => {
    if (error instanceof NoSuchResourceException) return client.send(new GetAWSDefaultServiceQuotaCommand(asked));
    throw error;
  });
  if (answer.Quota?.Value === undefined) throw new Error("Service Quotas gives no value");
  return answer.Quota.Value;
};

const protectedDatabase = async (client: RDSClient, instance: string): Promise<ProtectedDatabase> => {
  for await (const { DBInstanceAutomatedBackups = [] } of paginateDescribeDBInstanceAutomatedBackups(
    { client },
    { DBInstanceIdentifier: instance },
  ))
    for (const { EngineVersion: engineVersion, AllocatedStorage: allocatedGib } of DBInstanceAutomatedBackups)
      if (engineVersion !== undefined && allocatedGib !== undefined) return { engineVersion, allocatedGib };
  throw new Error(`there are no automated backups of ${instance} here yet`);
};

const subnetsOf = async (client: RDSClient, groupName: string): Promise<Subnets> => {
  const { DBSubnetGroups: [group] = [] } = await client.send(new DescribeDBSubnetGroupsCommand({ DBSubnetGroupName: groupName }));
  const subnets = group?.Subnets ?? [];
  if (subnets.length === 0) throw new Error(`the subnet group ${groupName} has no subnets`);
  return { count: subnets.length, zones: [...new Set(subnets.flatMap(({ SubnetAvailabilityZone: zone }) => zone?.Name ?? []))] };
};

const offersOf = async (client: RDSClient, instanceClass: string, engineVersion: string): Promise<readonly Offer[]> => {
  const asked = { Engine: "postgres", EngineVersion: engineVersion, DBInstanceClass: instanceClass, Vpc: true };
  const offers: Offer[] = [];
  for await (const { OrderableDBInstanceOptions = [] } of paginateDescribeOrderableDBInstanceOptions({ client }, asked))
    for (const { AvailabilityZones = [], MultiAZCapable = false } of OrderableDBInstanceOptions)
      offers.push({ zones: AvailabilityZones.flatMap(({ Name }) => Name ?? []), multiAz: MultiAZCapable });
  return offers;
};
