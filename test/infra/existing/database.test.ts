import { ExistingDatabase, effectiveValues, readExistingDatabase } from "../../../infra/components/existing/existingDatabase";
import { ExistingPostgresValues } from "../../../infra/config/existing";
import { PostgresValues } from "../../../infra/config/postgres";
import { type Answers, underMocks, valueIn } from "./support";

const ACCOUNT = "123456789012";
const PLACE = { region: "us-east-1", accountId: ACCOUNT };
const ARN = `arn:aws:rds:us-east-1:${ACCOUNT}:db:shop`;
const SECRET = `arn:aws:secretsmanager:us-east-1:${ACCOUNT}:secret:shop-AbCdEf`;
const VALUES = ExistingPostgresValues.parse({ tier: "standard", alarmAt: "30m", existing: { instanceArn: ARN, secretArn: SECRET } });

const FOUND = {
  ...{ dbInstanceArn: ARN, dbInstanceIdentifier: "shop", engine: "postgres", engineVersion: "14.9", storageEncrypted: true, multiAz: true },
  ...{ backupRetentionPeriod: 7, preferredBackupWindow: "01:00-01:30", preferredMaintenanceWindow: "mon:02:00-mon:02:30" },
  ...{ dbInstanceClass: "db.r7g.large", dbClusterIdentifier: "", replicateSourceDb: "", dbParameterGroups: ["shop"] },
  ...{ address: "shop.example", port: 5433, masterUsername: "owner", dbName: "shop", allocatedStorage: 200, maxAllocatedStorage: 500 },
};

const answering = (changes: Readonly<Record<string, unknown>> = {}): Answers => ({ invoke: () => ({ ...FOUND, ...changes }) });

const read = (answers: Answers, values = VALUES) =>
  underMocks(answers, () => readExistingDatabase(values, PLACE, {}).catch((error: unknown) => error));

let warned: jest.SpyInstance;
beforeEach(() => {
  // Pulumi writes what it has no engine to tell to the console.
  warned = jest.spyOn(console, "warn").mockReturnValue();
});
afterEach(() => warned.mockRestore());

describe("an existing database", () => {
  it("is read by its name and stands in the place of one that is made, without a resource of its own", async () => {
    const { given, asked, created } = await underMocks(answering(), async () => {
      const facts = await readExistingDatabase(VALUES, PLACE, {});
      return new ExistingDatabase("postgres", { values: VALUES, facts }, {});
    });

    expect(asked).toEqual([
      { token: "aws:rds/getInstance:getInstance", inputs: expect.objectContaining({ dbInstanceIdentifier: "shop" }) },
    ]);
    expect(created).toEqual([]);
    expect(await valueIn(given.instanceArn)).toBe(ARN);
    expect(await valueIn(given.endpoint)).toEqual({ host: "shop.example", port: 5433, database: "shop", secretArn: SECRET });
  });

  it("is recovered with its own settings, and with what is configured for its recovery", async () => {
    const { given: facts } = await underMocks(answering(), () => readExistingDatabase(VALUES, PLACE, {}));

    const effective = effectiveValues(VALUES, facts);

    expect(PostgresValues.parse({ ...effective, alarmAt: "30m" })).toEqual({ ...effective, alarmAt: 1800 });
    expect(effective).toMatchObject({
      ...{ tier: "standard", recoveryRetentionDays: 35, engineVersion: "14", instanceClass: "db.r7g.large", multiAz: true, port: 5433 },
      ...{ username: "owner", database: "shop", backupRetentionDays: 7, backupWindow: "01:00-01:30", allocatedStorage: 200 },
    });
  });

  it("is refused with every reason before anything is created", async () => {
    const { given, created } = await read(answering({ storageEncrypted: false, backupRetentionPeriod: 0, engineVersion: "12.1" }));

    expect(String(given)).toMatch(/nothing was changed.*PostgreSQL 12\.1.*not encrypted.*Take a snapshot.*backup retention 0/s);
    expect(created).toEqual([]);
  });

  it("of another region or account, or a cluster, is not even asked about", async () => {
    const elsewhere = { ...VALUES, existing: { ...VALUES.existing, instanceArn: `arn:aws:rds:eu-west-1:${ACCOUNT}:cluster:shop` } };

    const { given, asked } = await read(answering(), elsewhere);

    expect(String(given)).toContain("is not the ARN of a database instance");
    expect(asked).toEqual([]);
  });

  it("that cannot be read is named", async () => {
    const { given } = await read({
      invoke: () => {
        throw new Error("DBInstanceNotFound");
      },
    });

    expect(String(given)).toMatch(/The database shop in us-east-1 could not be read.*instanceArn/s);
  });
});
