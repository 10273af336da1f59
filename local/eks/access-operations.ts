import type { AccessEntries, AccessEntry, AssociatedPolicy } from "./access";
import { notImplemented } from "./errors";
import { AssociatePolicyInput, CreateAccessEntryInput, parseBody, seconds } from "./shapes";

interface AccessCall {
  readonly method: string;
  readonly body: Buffer;
  /** `arn:aws:iam::000000000000:role/reader`, absent in a call on all entries. */
  readonly principalArn?: string;
  readonly policies: boolean;
  readonly policyArn?: string;
}

/** `/clusters/NAME/access-entries[/PRINCIPAL[/access-policies[/POLICY]]]`, each part encoded. */
export const ACCESS_ENTRIES = /^\/clusters\/([^/]+)\/access-entries(?:\/([^/]+))?(?:\/(access-policies)(?:\/([^/]+))?)?$/;

/** What is answered to a call, as JSON. @throws EksError */
export const operateAccess = ({ method, body, principalArn, policies, policyArn }: AccessCall, entries: AccessEntries): unknown => {
  if (principalArn === undefined) {
    if (method !== "POST") throw notImplemented(`${method} on the access entries of a cluster`);
    return { accessEntry: entryView(entries.create(parseBody(CreateAccessEntryInput, body))) };
  }
  if (!policies) {
    if (method === "GET") return { accessEntry: entryView(entries.get(principalArn)) };
    if (method !== "DELETE") throw notImplemented(`${method} on an access entry`);
    entries.delete(principalArn);
    return {};
  }
  const { clusterName } = entries.get(principalArn);
  if (policyArn !== undefined) {
    if (method !== "DELETE") throw notImplemented(`${method} on an associated policy`);
    entries.disassociate(principalArn, policyArn);
    return {};
  }
  if (method === "GET") return { clusterName, principalArn, associatedAccessPolicies: entries.listPolicies(principalArn).map(policyView) };
  if (method !== "POST") throw notImplemented(`${method} on associated policies`);
  const asked = parseBody(AssociatePolicyInput, body);
  const associated = entries.associate(principalArn, asked.policyArn, asked.accessScope);
  return { clusterName, principalArn, associatedAccessPolicy: policyView(associated) };
};

const entryView = ({ clientRequestToken: _, createdAt, modifiedAt, ...rest }: AccessEntry) => ({
  ...rest,
  createdAt: seconds(createdAt),
  modifiedAt: seconds(modifiedAt),
  kubernetesGroups: [],
  username: `${rest.principalArn.replace(":iam:", ":sts:").replace(":role/", ":assumed-role/")}/{{SessionName}}`,
});

const policyView = ({ associatedAt, modifiedAt, ...rest }: AssociatedPolicy) => ({
  ...rest,
  associatedAt: seconds(associatedAt),
  modifiedAt: seconds(modifiedAt),
});
