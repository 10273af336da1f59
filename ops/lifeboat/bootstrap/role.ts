import * as z from "zod";
import type { StackName } from "../../../recovery/backend";
import { type Comparison, compareStatements, documentOf, type Statement, sameStatements, statementsOf } from "./documents";
import { different, type Finding, findingsOf, found, type Look, loose, missing } from "./finding";
import { deployStatements } from "./permissions";
import { accountRoot, namesOf, type PolicyScope, trustStatements } from "./policies";
import type { DeployRoles, RoleFacts } from "./ports";

export interface RoleArgs {
  readonly roles: DeployRoles;
  readonly scope: PolicyScope;
  readonly stack: StackName;
  /** Who may assume it, when the operator said so. */
  readonly principal?: string;
  /** Whether a role that exists may be allowed more than it is. */
  readonly grant: boolean;
}

/** Looks at the role and says what is to do. Changes nothing. */
export const lookAtRole = async (args: RoleArgs): Promise<readonly Finding[]> => {
  const { roles, scope, stack } = args;
  const { role } = namesOf(scope, stack);
  const thing = { stack, part: "role", name: role } as const;
  const trust = trustStatements(args.principal ?? accountRoot(scope.accountId));
  const wanted = deployStatements(scope, stack);
  const facts = await roles.find(role);
  if (facts !== undefined)
    return findingsOf(thing, [trustLook(args, role, facts, trust), policyLook(args, role, facts, wanted), othersLook(facts)]);
  const change = async (): Promise<void> => {
    await roles.create(role, JSON.stringify(documentOf(trust)), `Deploys ${scope.system}'s stack ${stack}`);
    await roles.putPolicy(role, JSON.stringify(documentOf(wanted)));
  };
  return [{ ...thing, state: "missing", detail: "there was none", change }];
};

const Trusted = z.looseObject({ AWS: z.union([z.string().transform((one) => [one]), z.array(z.string())]) });

/** Undefined for what names no AWS principals, such as a federation: it is not ours to judge. `*` is everybody. */
const trustedBy = (statements: readonly Statement[]): readonly string[] | undefined => {
  const named = statements.map(({ Principal }) => (Principal === "*" ? ["*"] : Trusted.safeParse(Principal).data?.AWS));
  return named.every((each) => each !== undefined) ? named.flat() : undefined;
};

/** The account's root is everybody in the account whom IAM lets; one ARN of it is less. Only what is less is put in by itself. */
const trustLook = ({ roles, scope, principal }: RoleArgs, role: string, facts: RoleFacts, wanted: readonly Statement[]): Look => {
  const said = statementsOf(facts.trust);
  if (sameStatements(said, wanted)) return found(`may be assumed by ${principal ?? "the account"}`);
  const trusted = trustedBy(said);
  const names = trusted?.join(", ") ?? JSON.stringify(said);
  const root = accountRoot(scope.accountId);
  const change = () => roles.putTrust(role, JSON.stringify(documentOf(wanted)));
  if (trusted?.includes("*")) return loose("everybody may assume it", change);
  if (principal !== undefined && trusted?.includes(root)) return loose("the whole account may assume it", change);
  const inAccount = trusted?.every((arn) => arn === scope.accountId || arn.split(":")[4] === scope.accountId) ?? false;
  if (principal === undefined && inAccount) return found(`may be assumed by ${names}`);
  return different(`may be assumed by ${names}: delete the role to have it made for ${principal ?? "the account"}`);
};

const policyLook = ({ roles, grant }: RoleArgs, role: string, facts: RoleFacts, wanted: readonly Statement[]): Look => {
  const put = () => roles.putPolicy(role, JSON.stringify(documentOf(wanted)));
  // A role that a run made and gave no policy yet: nobody has decided anything.
  if (facts.policy === undefined) return missing("has no permissions", put);
  const said = statementsOf(facts.policy);
  if (sameStatements(said, wanted)) return found("has its permissions");
  const comparison = compareStatements(said, wanted);
  if (comparison?.widens.length === 0)
    return comparison.narrows.length === 0
      ? found("has its permissions")
      : loose(`may do more than it needs: ${listed(comparison.narrows)}`, put);
  const lacks = `lacks ${comparison === undefined ? "what this release gives it" : listed(comparison.widens)}`;
  return grant ? loose(lacks, put) : different(`${lacks}: --grant gives it`);
};

const SHOWN = 3;
const listed = (entries: Comparison["widens"]): string =>
  `${entries.slice(0, SHOWN).join("; ")}${entries.length > SHOWN ? `; and ${entries.length - SHOWN} more` : ""}`;

const othersLook = ({ others }: RoleFacts): Look =>
  others.length === 0 ? found("no others") : different(`has further policies: ${others.join(", ")}`);
