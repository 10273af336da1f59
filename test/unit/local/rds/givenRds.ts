import { dirname } from "node:path";
import { XMLParser } from "fast-xml-parser";
import {
  createRds,
  type MetricDatum,
  type Rds,
  type RdsOptions,
  readServiceModel,
  type ServiceModel,
  type Software,
  type Surroundings,
  serviceModelFile,
} from "../../../../local/rds";
import { pythonTool } from "../../../support/python-tool";
import { createFakeEngine, type FakeEngine } from "./fakeEngine";

export const account = "123456789012";
export const primary = "us-east-1";
export const recovery = "eu-west-1";
export const keyOf = (region: string): string => `arn:aws:kms:${region}:${account}:key/1`;

export interface Answer {
  readonly status: number;
  /** The code of an error. */
  readonly code?: string;
  readonly message?: string;
  readonly xml: string;
}

export interface GivenRds {
  readonly rds: Rds;
  readonly engine: FakeEngine;
  readonly published: readonly (MetricDatum & { readonly region: string })[];
  readonly clock: { now(): Date; set(time: string): void };
  call(region: string, operation: string, parameters?: Readonly<Record<string, string | number | boolean>>): Promise<Answer>;
  /** As `call`, and waits until what it began has ended. */
  settle(region: string, operation: string, parameters?: Readonly<Record<string, string | number | boolean>>): Promise<Answer>;
  /** The text of the first element of that name, in an answer to such a call. */
  ask(region: string, element: string, operation: string, parameters?: Readonly<Record<string, string>>): Promise<string | undefined>;
}

export const elementOf = (xml: string, name: string): string | undefined => new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];

const surroundings: Surroundings = {
  keyArn: async (region, keyId) => ([keyOf(region), "alias/aws/rds"].includes(keyId) ? keyOf(region) : undefined),
  subnets: async (_, ids) =>
    ids
      .filter((id) => id.startsWith("subnet-"))
      .map((id) => ({ id, vpcId: id.endsWith("x") ? "vpc-x" : "vpc-1", availabilityZone: id.endsWith("a") ? "zone-a" : "zone-b" })),
  defaultSubnets: async () => ["a", "b"].map((zone) => ({ id: `default-${zone}`, vpcId: "vpc-default", availabilityZone: `zone-${zone}` })),
  securityGroups: async (_, ids) => new Map(ids.filter((id) => id.startsWith("sg-")).map((id) => [id, id === "sg-x" ? "vpc-x" : "vpc-1"])),
  defaultSecurityGroup: async (_, vpcId) => `sg-of-${vpcId}`,
};

export const software: Software = {
  version: "15.18",
  family: "postgres15",
  parameters: new Map(
    (
      [
        {
          name: "log_min_duration_statement",
          description: "",
          dataType: "integer",
          applyType: "dynamic",
          range: { min: -1, max: 9 },
          modifiable: true,
        },
        {
          name: "max_connections",
          description: "",
          dataType: "integer",
          applyType: "static",
          range: { min: 1, max: 1000 },
          modifiable: true,
        },
        { name: "track_commit_timestamp", description: "", dataType: "boolean", applyType: "static", modifiable: true },
        { name: "rds.force_ssl", description: "", dataType: "boolean", applyType: "dynamic", modifiable: true },
        { name: "archive_command", description: "", dataType: "string", applyType: "dynamic", modifiable: false },
      ] as const
    ).map((each) => [each.name, { ...each, setting: each.name }]),
  ),
};

let read: Promise<ServiceModel> | undefined;
/** Read once: it takes longer than most tests. */
export const serviceModel = (): Promise<ServiceModel> => {
  read ??= pythonTool("ministack").then((tool) => readServiceModel(serviceModelFile(dirname(tool))));
  return read;
};

/** An RDS over the in-memory engine. Random numbers repeat from test to test, and differ from each other. */
export const givenRds = async (changes: Partial<RdsOptions> = {}): Promise<GivenRds> => {
  let time = new Date("2026-03-01T12:00:00Z");
  const clock = {
    now: () => time,
    set: (text: string) => {
      time = new Date(text);
    },
  };
  const engine = createFakeEngine(clock);
  let seed = 1;
  const random = (): number => {
    seed = (seed * 16_807) % 2_147_483_647;
    return seed / 2_147_483_647;
  };
  const settings = {
    automatedBackupReplicationLagSeconds: 7,
    snapshotCopyLagSeconds: 3,
    walShippingSeconds: 2,
    baseBackupIntervalSeconds: 86_400,
    replicaLagSeconds: 1,
    replicaLagMetricSeconds: 60,
  };
  const published: (MetricDatum & { region: string })[] = [];
  const rds = createRds({
    engine,
    clock,
    account,
    random,
    serviceModel: await serviceModel(),
    software,
    surroundings,
    settings,
    publishMetric: (region, datum) => void published.push({ ...datum, region }),
    ...changes,
  });
  const call: GivenRds["call"] = async (region, operation, parameters = {}) => {
    const form = new URLSearchParams({ Action: operation, Version: "2014-10-31" });
    for (const [name, value] of Object.entries(parameters)) form.set(name, String(value));
    const headers = { "content-type": "application/x-www-form-urlencoded; charset=utf-8" };
    const { status, body } = await rds.handle({ region, path: "/", headers, body: Buffer.from(form.toString()) });
    const xml = body.toString();
    const error = new XMLParser().parse(xml).ErrorResponse?.Error;
    return { status, code: error?.Code, message: error?.Message, xml };
  };
  const settle: GivenRds["settle"] = async (...given) => {
    const answer = await call(...given);
    await rds.settled();
    return answer;
  };
  const ask: GivenRds["ask"] = async (region, element, operation, parameters) =>
    elementOf((await call(region, operation, parameters)).xml, element);
  return { rds, engine, clock, published, call, settle, ask };
};

/** The least that CreateDBInstance takes. */
export const leastInstance = {
  DBInstanceIdentifier: "db1",
  DBInstanceClass: "db.t4g.medium",
  Engine: "postgres",
  AllocatedStorage: 20,
  MasterUsername: "lifeboat",
  MasterUserPassword: "a-secret-of-some-length",
  BackupRetentionPeriod: 7,
};
