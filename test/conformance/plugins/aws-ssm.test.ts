import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { ssmResources } from "../../../local/plugins/aws/ssm/index";
import { region, useAws } from "./aws";
import { describeResources, type ResourceCase } from "./suite";

const aws = useAws(ssmResources);
const type = "aws:ssm/parameter:Parameter";

const rows: ResourceCase[] = [
  {
    type,
    inputs: (_, unique) => ({
      name: `/lifeboat/${unique}/vault`,
      type: "String",
      value: "vault-1",
      description: "Where backups are",
      tags: { owner: "test" },
    }),
    outputs: (_, unique) => ({
      arn: `arn:aws:ssm:${region}:000000000000:parameter/lifeboat/${unique}/vault`,
      version: 1,
      tagsAll: { owner: "test" },
    }),
    update: (_, unique) => ({ name: `/lifeboat/${unique}/vault`, type: "String", value: "vault-2", tags: { owner: "other" } }),
    replace: { because: "name", inputs: (_, unique) => ({ name: `/lifeboat/${unique}/other`, type: "String", value: "vault-1" }) },
    drift: async ({ id }) => {
      await aws
        .outside()
        .client(SSMClient)
        .send(new PutParameterCommand({ Name: id, Value: "attacker", Overwrite: true }));
    },
  },
  {
    type,
    about: "SecureString",
    inputs: (_, unique) => ({ name: `/lifeboat/${unique}/password`, type: "SecureString", value: "hunter2" }),
    outputs: () => ({ keyId: "alias/aws/ssm" }),
    update: (_, unique) => ({ name: `/lifeboat/${unique}/password`, type: "SecureString", value: "hunter3" }),
    drift: { none: "shown by the plain parameter" },
  },
  {
    type,
    about: "insecureValue",
    inputs: (_, unique) => ({ name: `/lifeboat/${unique}/plain`, type: "String", insecureValue: "seen" }),
    outputs: () => ({ insecureValue: "seen" }),
    drift: { none: "shown by the plain parameter" },
    notRead: ["insecureValue", "value"],
  },
];

describeResources(aws.plugin, ssmResources, rows);

test("a parameter that exists is taken over only with overwrite", async () => {
  const engine = aws.plugin();
  const inputs = { name: "/taken", type: "String", value: "one", tags: { owner: "test" } };
  const first = await engine.create(type, "first", inputs);

  await expect(engine.create(type, "second", { ...inputs, value: "two" })).rejects.toThrow("already exists");
  const second = await engine.create(type, "second", { ...inputs, value: "two", overwrite: true });

  expect(second.outputs).toMatchObject({ version: 2 });
  await engine.delete(first);
});
