import type { StackName } from "../../../recovery/backend";
import { LifeboatError } from "../../../recovery/errors";
import { addedStatements, documentOf, missingStatements, statementsOf } from "./documents";
import { different, type Finding, findingsOf, found, type Look, loose } from "./finding";
import { namesOf, type PolicyScope, stateKeyStatements } from "./policies";
import type { KeyFacts, StateKeys } from "./ports";

/** The key of a stack's state and secrets: `arn` is known once it stands. */
export interface StateKey {
  readonly findings: readonly Finding[];
  arn(): string | undefined;
}

/** Looks at the key and says what is to do. Changes nothing. @throws LifeboatError, code target-refused, for a key that cannot be used. */
export const lookAtKey = async (keys: StateKeys, scope: PolicyScope, stack: StackName, region: string): Promise<StateKey> => {
  const { keyAlias } = namesOf(scope, stack);
  const thing = { stack, part: "key", name: keyAlias, region } as const;
  const wanted = stateKeyStatements(scope, stack);
  const facts = await keys.find(keyAlias);
  if (facts !== undefined) {
    requireUsable(facts, keyAlias, region);
    return { findings: findingsOf(thing, [rotation(keys, facts), policy(keys, facts, wanted)]), arn: () => facts.arn };
  }
  const tags = { "lifeboat:system": scope.system, "lifeboat:stack": stack, "lifeboat:purpose": "pulumi-state" };
  const unnamed = await keys.findTagged(tags);
  let arn = unnamed?.arn;
  const change = async (): Promise<void> => {
    const description = `State and secrets of ${scope.system}'s stack ${stack}`;
    arn ??= await keys.create({ description, policy: JSON.stringify(documentOf(wanted)), tags });
    await keys.rotate(arn);
    await keys.name(keyAlias, arn);
  };
  const detail = unnamed === undefined ? "there was none" : `the key ${unnamed.keyId} of an earlier run has no alias`;
  return { findings: [{ ...thing, state: "missing", detail, change }], arn: () => arn };
};

const requireUsable = ({ keyId, state, usable }: KeyFacts, alias: string, region: string): void => {
  if (state === "Enabled" && usable) return;
  const hints: Readonly<Record<string, string>> = {
    PendingDeletion: `Keep it: aws kms cancel-key-deletion --region ${region} --key-id ${keyId}, then aws kms enable-key; what it sealed is lost with it`,
    Disabled: `aws kms enable-key --region ${region} --key-id ${keyId}`,
  };
  throw new LifeboatError({
    code: "target-refused",
    what: `The key behind ${alias} in ${region} cannot hold a stack's state`,
    received: `key ${keyId}, ${usable ? state : "not a symmetric key of this account's own"}`,
    allowed: "an enabled symmetric key that this account manages",
    hint:
      hints[state] ?? `Give the alias to another key, or delete the alias: aws kms delete-alias --region ${region} --alias-name ${alias}`,
  });
};

const rotation = (keys: StateKeys, { keyId, rotates }: KeyFacts): Look =>
  rotates ? found("rotates yearly") : loose("does not rotate", () => keys.rotate(keyId));

/** What denies can be added to any policy. What allows would give somebody something: a person decides. */
const policy = (keys: StateKeys, facts: KeyFacts, wanted: Parameters<typeof missingStatements>[1]): Look => {
  const said = statementsOf(facts.policy);
  const absent = missingStatements(said, wanted);
  const denials = absent.filter(({ Effect }) => Effect === "Deny");
  const names = absent.map(({ Sid }) => Sid).join(", ");
  if (denials.length > 0)
    return loose(`its policy lacks ${names}`, () => keys.putPolicy(facts.keyId, JSON.stringify(addedStatements(said, denials))));
  return absent.length > 0
    ? different(`its policy lacks ${names}, which would give the account the right to use it`)
    : found("only used by its own stack");
};
