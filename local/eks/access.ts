import { EksError, invalidParameter, notFound } from "./errors";

/** https://docs.aws.amazon.com/eks/latest/APIReference/API_AccessScope.html */
export type AccessScope = { readonly type: "cluster" } | { readonly type: "namespace"; readonly namespaces: readonly string[] };

export interface AssociatedPolicy {
  readonly policyArn: string;
  readonly accessScope: AccessScope;
  readonly associatedAt: Date;
  readonly modifiedAt: Date;
}

/** Who is let in to a cluster. https://docs.aws.amazon.com/eks/latest/APIReference/API_AccessEntry.html */
export interface AccessEntry {
  readonly clusterName: string;
  readonly principalArn: string;
  readonly accessEntryArn: string;
  readonly type: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly createdAt: Date;
  readonly modifiedAt: Date;
  readonly clientRequestToken?: string;
}

/** The one policy whose rules are known here: everything is seen, Secrets too. https://docs.aws.amazon.com/eks/latest/userguide/access-policy-permissions.html */
export const ADMIN_VIEW_POLICY = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSAdminViewPolicy";

export type NewAccessEntry = Pick<AccessEntry, "principalArn" | "type" | "tags" | "clientRequestToken">;

/** The access entries of one cluster, with the policies that are associated with each. */
export class AccessEntries {
  private readonly entries = new Map<string, AccessEntry>();
  private readonly policies = new Map<string, Map<string, AssociatedPolicy>>();

  constructor(
    private readonly clusterName: string,
    private readonly place: { readonly region: string; readonly account: string; readonly now: () => Date },
  ) {}

  create(asked: NewAccessEntry): AccessEntry {
    const same = this.entries.get(asked.principalArn);
    if (same !== undefined) {
      if (asked.clientRequestToken !== undefined && same.clientRequestToken === asked.clientRequestToken) return same;
      throw new EksError(409, "ResourceInUseException", "The specified access entry resource is already in use on this cluster.");
    }
    const { region, account, now } = this.place;
    const at = now();
    const name = asked.principalArn.slice(asked.principalArn.lastIndexOf("/") + 1);
    const entry = {
      ...asked,
      clusterName: this.clusterName,
      accessEntryArn: `arn:aws:eks:${region}:${account}:access-entry/${this.clusterName}/role/${account}/${name}/${at.getTime()}`,
      createdAt: at,
      modifiedAt: at,
    };
    this.entries.set(asked.principalArn, entry);
    this.policies.set(asked.principalArn, new Map());
    return entry;
  }

  get(principalArn: string): AccessEntry {
    const found = this.entries.get(principalArn);
    if (found === undefined)
      throw notFound(
        "The specified principalArn could not be found. You can view your available access entries with 'list-access-entries'.",
      );
    return found;
  }

  /** By its ARN, which tags are of. */
  ofArn(accessEntryArn: string): AccessEntry {
    const found = [...this.entries.values()].find((each) => each.accessEntryArn === accessEntryArn);
    if (found === undefined) throw notFound(`Access entry not found: ${accessEntryArn}`);
    return found;
  }

  setTags({ principalArn }: AccessEntry, tags: Readonly<Record<string, string>>): void {
    this.entries.set(principalArn, { ...this.get(principalArn), tags, modifiedAt: this.place.now() });
  }

  delete(principalArn: string): void {
    this.get(principalArn);
    this.entries.delete(principalArn);
    this.policies.delete(principalArn);
  }

  /** Associated again, a policy has the new scope. */
  associate(principalArn: string, policyArn: string, accessScope: AccessScope): AssociatedPolicy {
    if (policyArn !== ADMIN_VIEW_POLICY) throw invalidParameter(`the embedded EKS knows no rules of ${policyArn} (local/eks/access.ts)`);
    const associated = this.policiesOf(principalArn);
    const at = this.place.now();
    const policy = { policyArn, accessScope, associatedAt: associated.get(policyArn)?.associatedAt ?? at, modifiedAt: at };
    associated.set(policyArn, policy);
    return policy;
  }

  listPolicies(principalArn: string): readonly AssociatedPolicy[] {
    return [...this.policiesOf(principalArn).values()];
  }

  disassociate(principalArn: string, policyArn: string): void {
    if (!this.policiesOf(principalArn).delete(policyArn)) throw notFound(`The policy ${policyArn} is not associated with ${principalArn}`);
  }

  /** Whether a principal is let in, and may see what is in this namespace; undefined: what is in none. */
  sees(principalArn: string, namespace: string | undefined): "stranger" | boolean {
    if (!this.entries.has(principalArn)) return "stranger";
    return this.listPolicies(principalArn).some(
      ({ accessScope }) => accessScope.type === "cluster" || (namespace !== undefined && accessScope.namespaces.includes(namespace)),
    );
  }

  private policiesOf(principalArn: string): Map<string, AssociatedPolicy> {
    this.get(principalArn);
    const found = this.policies.get(principalArn) ?? new Map<string, AssociatedPolicy>();
    this.policies.set(principalArn, found);
    return found;
  }
}
