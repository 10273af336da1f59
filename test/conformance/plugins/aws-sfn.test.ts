import { SFNClient, UpdateStateMachineCommand } from "@aws-sdk/client-sfn";
import { iamResources } from "../../../local/plugins/aws/iam/index";
import { sfnResources } from "../../../local/plugins/aws/sfn/index";
import { region, useAws } from "./aws";
import { describeResources, type Given, type ResourceCase } from "./suite";

const aws = useAws([...sfnResources, ...iamResources]);

const machineType = "aws:sfn/stateMachine:StateMachine";
const roleArn = (given: Given) => String(given.role?.outputs.arn ?? "");
const definition = (seconds: number, space?: number) =>
  JSON.stringify({ StartAt: "Wait", States: { Wait: { Type: "Wait", Seconds: seconds, End: true } } }, null, space);

const trust = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "states.amazonaws.com" } }],
});

const rows: ResourceCase[] = [
  {
    type: machineType,
    prepare: async (engine, unique) => ({
      role: await engine.create("aws:iam/role:Role", "role", { name: unique, assumeRolePolicy: trust }),
    }),
    inputs: (given, unique) => ({ name: unique, roleArn: roleArn(given), definition: definition(1, 2), tags: { owner: "test" } }),
    outputs: (_, unique) => ({
      arn: `arn:aws:states:${region}:000000000000:stateMachine:${unique}`,
      type: "STANDARD",
      status: "ACTIVE",
      tagsAll: { owner: "test" },
    }),
    update: (given, unique) => ({ name: unique, roleArn: roleArn(given), definition: definition(2), tags: { owner: "other" } }),
    replace: {
      because: "name",
      inputs: (given, unique) => ({ name: `${unique}-2`, roleArn: roleArn(given), definition: definition(1) }),
    },
    drift: async ({ id }) => {
      await aws
        .outside()
        .client(SFNClient)
        .send(new UpdateStateMachineCommand({ stateMachineArn: id, definition: definition(9) }));
    },
  },
];

describeResources(aws.plugin, sfnResources, rows);

test("a definition that is no JSON is refused", async () => {
  const inputs = { name: "machine", roleArn: "arn:aws:iam::000000000000:role/r", definition: "{" };

  await expect(aws.plugin().check(machineType, "machine", inputs)).rejects.toThrow(/definition is no valid JSON/);
});
