import { getInstance } from "../../../../../../local/plugins/aws/functions/rds";
import { refusal, stubRds } from "./stub";

const found = (name: string, owner: string) => ({
  DBInstanceIdentifier: name,
  DbiResourceId: `db-${name.toUpperCase()}`,
  Endpoint: { Address: "127.0.0.1", Port: 5433 },
  TagList: [{ Key: "owner", Value: owner }],
});

describe("an instance that a program looks up", () => {
  test("is told with its endpoint, and with empty values for what RDS leaves unsaid", async () => {
    const rds = stubRds({ DescribeDBInstances: () => ({ DBInstances: [found("one", "a")] }) });

    expect(await getInstance.call(rds.context, { dbInstanceIdentifier: "one" })).toMatchObject({
      id: "one",
      region: "eu-west-1",
      endpoint: "127.0.0.1:5433",
      tags: { owner: "a" },
      kmsKeyId: "",
    });
  });

  test("is found by its tags; several are an error that counts them", async () => {
    const rds = stubRds({ DescribeDBInstances: () => ({ DBInstances: [found("one", "a"), found("two", "b"), found("three", "b")] }) });

    expect(await getInstance.call(rds.context, { tags: { owner: "a" } })).toMatchObject({ id: "one" });
    await expect(getInstance.call(rds.context, { tags: { owner: "b" } })).rejects.toThrow(/2 RDS instances as asked/);
  });

  test("that is not there is named", async () => {
    const rds = stubRds({
      DescribeDBInstances: () => {
        throw refusal("DBInstanceNotFoundFault", "gone");
      },
    });

    await expect(getInstance.call(rds.context, { dbInstanceIdentifier: "none" })).rejects.toThrow(
      /no RDS instance as asked.*dbInstanceIdentifier none/,
    );
  });
});
