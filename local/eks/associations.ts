import { EksError, notFound } from "./errors";

/** Which role the pods of a service account get. https://docs.aws.amazon.com/eks/latest/APIReference/API_PodIdentityAssociation.html */
export interface Association {
  readonly clusterName: string;
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly roleArn: string;
  readonly associationArn: string;
  readonly associationId: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly createdAt: Date;
  readonly modifiedAt: Date;
  /** Of the call that made it: the same call again is no second one. */
  readonly clientRequestToken?: string;
}

export interface AssociationsOptions {
  readonly account: string;
  readonly now: () => Date;
  /** At least 0, less than 1. */
  readonly random: () => number;
}

export type NewAssociation = Pick<Association, "namespace" | "serviceAccount" | "roleArn" | "tags" | "clientRequestToken">;

const ID_CHARACTERS = "abcdefghijklmnopqrstuvwxyz0123456789";
/** `a-` and 17 more: https://docs.aws.amazon.com/eks/latest/userguide/pod-id-association.html shows one. */
const ID_LENGTH = 17;

/** The associations of one cluster. */
export class Associations {
  private readonly byId = new Map<string, Association>();

  constructor(
    private readonly region: string,
    private readonly clusterName: string,
    private readonly options: AssociationsOptions,
  ) {}

  create(asked: NewAssociation): Association {
    const { namespace, serviceAccount } = asked;
    const same = this.of(namespace, serviceAccount);
    if (same !== undefined) {
      if (asked.clientRequestToken !== undefined && same.clientRequestToken === asked.clientRequestToken) return same;
      throw new EksError(409, "ResourceInUseException", `Association already exists: ${same.associationId}`);
    }
    const at = this.options.now();
    const associationId = `a-${this.word()}`;
    const associationArn = `arn:aws:eks:${this.region}:${this.options.account}:podidentityassociation/${this.clusterName}/${associationId}`;
    return this.put({ ...asked, clusterName: this.clusterName, associationId, associationArn, createdAt: at, modifiedAt: at });
  }

  get(associationId: string): Association {
    const found = this.byId.get(associationId);
    if (found === undefined) throw notFound(`Association not found: ${associationId}`);
    return found;
  }

  /** Ordered by their ids. */
  list(filter: { readonly namespace?: string; readonly serviceAccount?: string }): readonly Association[] {
    const { namespace, serviceAccount } = filter;
    return [...this.byId.values()]
      .filter((each) => namespace === undefined || each.namespace === namespace)
      .filter((each) => serviceAccount === undefined || each.serviceAccount === serviceAccount)
      .sort((a, b) => (a.associationId < b.associationId ? -1 : 1));
  }

  of(namespace: string, serviceAccount: string): Association | undefined {
    return this.list({ namespace, serviceAccount })[0];
  }

  update(associationId: string, roleArn: string | undefined): Association {
    const found = this.get(associationId);
    return this.put({ ...found, roleArn: roleArn ?? found.roleArn, modifiedAt: this.options.now() });
  }

  tag(associationId: string, tags: Readonly<Record<string, string>>): void {
    const found = this.get(associationId);
    this.put({ ...found, tags: { ...found.tags, ...tags } });
  }

  untag(associationId: string, keys: readonly string[]): void {
    const found = this.get(associationId);
    this.put({ ...found, tags: Object.fromEntries(Object.entries(found.tags).filter(([key]) => !keys.includes(key))) });
  }

  delete(associationId: string): Association {
    const found = this.get(associationId);
    this.byId.delete(associationId);
    return found;
  }

  private put(association: Association): Association {
    this.byId.set(association.associationId, association);
    return association;
  }

  private word(): string {
    const characters = Array.from({ length: ID_LENGTH }, () => ID_CHARACTERS[Math.floor(this.options.random() * ID_CHARACTERS.length)]);
    return characters.join("");
  }
}
