import { DescribeExecutionCommand, type SFNClient, StartExecutionCommand, StateMachineDoesNotExist } from "@aws-sdk/client-sfn";
import type { Store } from "../../../recovery/store";
import type { RunState, Starter } from "./starter";

/** A store that a state machine exports. */
export const stateMachineStarter = (client: SFNClient, store: Store, machineArn: string): Starter => ({
  store,
  what: `state machine ${nameOf(machineArn)}`,
  onChange: false,
  async start() {
    try {
      const { executionArn } = await client.send(new StartExecutionCommand({ stateMachineArn: machineArn }));
      return { name: nameOf(executionArn ?? ""), state: () => stateOf(client, executionArn) };
    } catch (error) {
      if (error instanceof StateMachineDoesNotExist) return undefined;
      throw error;
    }
  },
});

const stateOf = async (client: SFNClient, executionArn: string | undefined): Promise<RunState> => {
  const { status, error, cause } = await client.send(new DescribeExecutionCommand({ executionArn }));
  if (status === "SUCCEEDED") return { kind: "succeeded" };
  // https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeExecution.html
  if (status === "RUNNING" || status === "PENDING_REDRIVE") return { kind: "running", detail: "exporting" };
  return { kind: "failed", reason: [status, error, cause?.slice(0, 500)].filter((text) => text !== undefined && text !== "").join(": ") };
};

const nameOf = (arn: string): string => arn.slice(arn.lastIndexOf(":") + 1);
