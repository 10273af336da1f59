import { type IAMClient, SimulatePrincipalPolicyCommand } from "@aws-sdk/client-iam";

/** Whether a principal's own policies allow an action. Conditions count as not met: the emulator's simulation takes no context. */
export type MayDo = (principalArn: string, action: string, resource: string) => Promise<boolean>;

/** By the evaluator that MiniStack decides its own services' calls with. */
export const simulated =
  (iam: IAMClient): MayDo =>
  async (principalArn, action, resource) => {
    const request = { PolicySourceArn: principalArn, ActionNames: [action], ResourceArns: [resource] };
    const { EvaluationResults } = await iam.send(new SimulatePrincipalPolicyCommand(request));
    return EvaluationResults?.[0]?.EvalDecision === "allowed";
  };
