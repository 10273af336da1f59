import type { Properties, Value } from "../../protocol/resource";
import { compact, isRecord, requiredText, text, values } from "../../protocol/values";

/** AWS writes an account's number as its root: the program's own way is kept where it means the same. */
function principalOf(statement: Properties, written: string | undefined): string | undefined {
  const principal = statement.Principal;
  const found = isRecord(principal) ? (text(principal, "Service") ?? text(principal, "AWS")) : text(statement, "Principal");
  const isRootOfWritten = written !== undefined && found?.startsWith("arn:") === true && found.endsWith(`:iam::${written}:root`);
  return isRootOfWritten ? written : found;
}

const conditionsOf = (statement: Properties): Map<string, string> => {
  const found = new Map<string, string>();
  for (const operator of Object.values(isRecord(statement.Condition) ? statement.Condition : {})) {
    if (!isRecord(operator)) continue;
    for (const [key, value] of Object.entries(operator)) if (typeof value === "string") found.set(key.toLowerCase(), value);
  }
  return found;
};

/** The inputs of the permission whose statement has this id in a function's policy; undefined when the policy has no such statement. */
export function statementOf(policy: string | undefined, sid: string, principal: string | undefined): Properties | undefined {
  const document: Value = policy === undefined ? null : JSON.parse(policy);
  const statement = isRecord(document) ? values(document, "Statement").find((each) => isRecord(each) && each.Sid === sid) : undefined;
  if (!isRecord(statement)) return undefined;
  const condition = conditionsOf(statement);
  return compact({
    action: requiredText(statement, "Action"),
    principal: principalOf(statement, principal),
    sourceArn: condition.get("aws:sourcearn"),
    sourceAccount: condition.get("aws:sourceaccount"),
    principalOrgId: condition.get("aws:principalorgid"),
    functionUrlAuthType: condition.get("lambda:functionurlauthtype"),
    eventSourceToken: condition.get("lambda:eventsourcetoken"),
  });
}
