import { z } from "zod";
import { CHROMA_POD_PORT } from "../../../infra/components/chroma/chromaServer";
import { readProd } from "../../../infra/config/read";
import { Standing } from "../../../recovery/catalogue/standing";
import type { FunctionName } from "../../../recovery/names";
import { committed } from "../../unit/infra/config/stackFiles";
import { existing } from "../cluster/existing";
import { type Speech, spokenTo } from "../support/code";
import { deployedProd, MADE_FUNCTIONS, PRIMARY, RECOVERY, SYSTEM, VPCS } from "../support/prod";
import { functionsOf, type Need, obstacles, type Surroundings } from "../support/reachability";
import type { Recording } from "../support/recording";

// Ports that differ from each other and from the pods', so that one that is mistaken for another shows.
const PORTS: Readonly<Record<string, number>> = { [PRIMARY]: 8100, [RECOVERY]: 8200 };
const DATABASE_PORT = 5544;
const ROUTE_TABLES: Readonly<Record<string, readonly string[]>> = { [PRIMARY]: ["rtb-1", "rtb-2"], [RECOVERY]: ["rtb-3"] };
const { clusters: values, chroma } = readProd(committed("prod"));
const clusters = { primary: existing(values.primary), recovery: existing(values.recovery) };
const { server: _server, schedule, ...chromaValues } = chroma;

let recording: Recording;
let speech: Readonly<Record<FunctionName, Speech>>;
beforeAll(async () => {
  const seconds = (value: number): string => `${value}s`;
  recording = await deployedProd({
    clusters: {
      primary: { ...clusters.primary, s3Access: { routeTableIds: ROUTE_TABLES[PRIMARY] } },
      recovery: {
        ...clusters.recovery,
        s3Access: { routeTableIds: ROUTE_TABLES[RECOVERY] },
        chromaPort: PORTS[RECOVERY],
        databasePort: DATABASE_PORT,
      },
    },
    postgres: { alarmAt: "10m" },
    chroma: {
      tier: chromaValues.tier,
      schedule: schedule.expression,
      maxDuration: seconds(chromaValues.maxDuration),
      alarmAt: seconds(chromaValues.alarmAt),
      server: { port: PORTS[PRIMARY] },
    },
  });
  speech = await spokenTo();
});

const surroundingsOf = (region: string): Surroundings => {
  const cluster = region === PRIMARY ? clusters.primary : clusters.recovery;
  const s3Access = { routeTableIds: [...(ROUTE_TABLES[region] ?? [])] };
  return { recording, cluster: { ...cluster, s3Access }, region, vpcCidr: VPCS[cluster.vpcId] ?? "" };
};

const deployed = (name: FunctionName) => {
  const found = functionsOf(recording).find(({ args }) => args.name === `${SYSTEM}-${name}`);
  if (found?.place === undefined) throw new Error(`function ${name} was not deployed`);
  return { ...found, place: found.place };
};

const needsOf = (name: FunctionName, region: string): readonly Need[] => [
  ...speech[name].awsServices.map((awsService) => ({ awsService })),
  ...(speech[name].chroma ? [{ chromaPort: PORTS[region] ?? 0, podPort: CHROMA_POD_PORT }] : []),
  ...(speech[name].postgres ? [{ databasePort: DATABASE_PORT }] : []),
  ...(speech[name].kubernetes ? [{ kubernetesPort: 443 }] : []),
];

describe("what functions reach", () => {
  it.each(MADE_FUNCTIONS)("%s reaches all that its code speaks to", (name) => {
    const { args, place } = deployed(name);

    const met = needsOf(name, place).flatMap((need) => obstacles(args, need, surroundingsOf(place)));

    expect(needsOf(name, place).length).toBeGreaterThan(0);
    expect(met).toEqual([]);
  });

  it("only those that speak to Chroma, PostgreSQL or Kubernetes stand in a VPC", () => {
    const inVpc = MADE_FUNCTIONS.filter((name) => deployed(name).args.vpcConfig !== undefined);

    expect(inVpc).toEqual(MADE_FUNCTIONS.filter((name) => speech[name].chroma || speech[name].postgres || speech[name].kubernetes));
    expect(inVpc).toEqual(["chroma-export", "kubernetes-read", "chroma-import", "postgres-ready", "validate"]);
  });

  // A gateway endpoint leads to the buckets of its own region only. What compares both regions, and what looks into the vault for proofs, stand in no VPC.
  const ACROSS: readonly FunctionName[] = ["compare-documents", "configuration-export"];
  it.each(MADE_FUNCTIONS.filter((name) => !ACROSS.includes(name)))("%s is given buckets of its own region only", (name) => {
    const { args, place } = deployed(name);
    const buckets = Object.entries(args.environment.variables).filter(([variable]) => variable.endsWith("_BUCKET"));

    expect(buckets.filter(([, bucket]) => !bucket.endsWith(`-${place}`))).toEqual([]);
  });

  it("what the program does not open stays closed", () => {
    const canary = deployed("canary");
    const exporting = deployed("chroma-export");
    const here = surroundingsOf(PRIMARY);

    expect(obstacles(canary.args, { chromaPort: PORTS[PRIMARY] ?? 0, podPort: CHROMA_POD_PORT }, here)).toHaveLength(1);
    expect(obstacles(exporting.args, { awsService: "monitoring" }, here)).toHaveLength(1);
    expect(obstacles(exporting.args, { chromaPort: 22, podPort: 22 }, here)).toHaveLength(2);
    expect(obstacles(exporting.args, { databasePort: DATABASE_PORT }, here)).toHaveLength(1);
    expect(obstacles(exporting.args, { awsService: "secrets-manager" }, here)).toHaveLength(1);
    expect(obstacles(exporting.args, { awsService: "s3" }, surroundingsOf(RECOVERY))).not.toEqual([]);
  });
});

describe("the Chroma server of the primary region", () => {
  const Service = z.object({
    spec: z.object({ type: z.string(), ports: z.array(z.object({ port: z.number(), targetPort: z.number() })) }),
    metadata: z.object({ annotations: z.record(z.string(), z.string()) }),
  });
  const NetworkPolicy = z.object({
    spec: z.object({
      policyTypes: z.array(z.string()),
      egress: z.array(z.unknown()),
      ingress: z.array(z.object({ ports: z.array(z.object({ port: z.number() })), from: z.array(z.record(z.string(), z.unknown())) })),
    }),
  });

  it("listens where the functions knock, on internal addresses", () => {
    const [service] = recording.typed("kubernetes:core/v1:Service", Service);

    expect(service?.args.spec).toEqual({
      type: "LoadBalancer",
      ports: [{ port: PORTS[PRIMARY], targetPort: CHROMA_POD_PORT }],
    });
    expect(service?.args.metadata.annotations).toMatchObject({ "service.beta.kubernetes.io/aws-load-balancer-scheme": "internal" });
    expect(deployed("chroma-export").args.environment.variables.CHROMA_URL).toBe(
      `http://chroma.acme-${PRIMARY}.internal:${PORTS[PRIMARY]}`,
    );
  });

  it("lets its VPC in, and its own namespace, and nobody else; it calls nobody", () => {
    const [policy] = recording.typed("kubernetes:networking.k8s.io/v1:NetworkPolicy", NetworkPolicy);

    expect(policy?.args.spec).toEqual({
      policyTypes: ["Ingress", "Egress"],
      egress: [],
      ingress: [
        {
          ports: [{ port: CHROMA_POD_PORT }],
          from: [{ podSelector: {} }, { ipBlock: { cidr: VPCS[clusters.primary.vpcId] } }],
        },
      ],
    });
  });
});

it("a recovery is told the port and the addresses that its functions can reach a server by", () => {
  const { value } = z.object({ value: z.string() }).parse(recording.get("aws:ssm/parameter:Parameter", "parameters-standing").inputs);

  expect(Standing.parse(JSON.parse(value)).chroma).toMatchObject({ port: PORTS[RECOVERY], clientCidr: VPCS[clusters.recovery.vpcId] });
});

it("ways to S3 and Secrets Manager that exist are left alone, and where none do only those that are used are made", async () => {
  const existing = await deployedProd();

  const made = recording
    .typed("aws:ec2/vpcEndpoint:VpcEndpoint", z.object({ serviceName: z.string() }))
    .map(({ args }) => args.serviceName);
  expect(existing.all("aws:ec2/vpcEndpoint:VpcEndpoint")).toEqual([]);
  expect(made.sort()).toEqual([`com.amazonaws.${RECOVERY}.s3`, `com.amazonaws.${RECOVERY}.secretsmanager`, `com.amazonaws.${PRIMARY}.s3`]);
});

// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html : without apostrophes, among others
const EC2_DESCRIPTION = /^[\w .\-:/()#,@[\]+=&;{}!$*]{1,255}$/;

it("describes security groups and their rules in characters that EC2 takes", () => {
  const types = ["aws:ec2/securityGroup:SecurityGroup", "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"];
  const described = [...types, "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"].flatMap((type) =>
    recording.typed(type, z.object({ description: z.string() })).map(({ args }) => args.description),
  );

  expect(described.length).toBeGreaterThan(5);
  expect(described.filter((description) => !EC2_DESCRIPTION.test(description))).toEqual([]);
});
