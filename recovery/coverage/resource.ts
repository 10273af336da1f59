/** What a company may keep data in, as far as it can be listed; and `restore-time`, a store whose restore must fit into its RTO, however it grows. */
export const RESOURCE_KINDS = ["database", "bucket", "volume", "collection", "repository", "secret", "restore-time"] as const;
export type ResourceKind = (typeof RESOURCE_KINDS)[number];

/** Something that exists. */
export interface Resource {
  readonly kind: ResourceKind;
  /** As people name it: a bucket's name, an instance's identifier, a secret's name. */
  readonly name: string;
  /** Other names that a protection or an exclusion may mean it by. */
  readonly aliases: readonly string[];
  /** Absent where it has none: a repository, a collection. */
  readonly region?: string;
  /** Why nothing of it has to be protected, by what it is itself; absent for most. */
  readonly ephemeral?: string;
}

/** What was found of one kind, and why it is not known to be all; a kind that could not be listed is not known to be empty. */
export type Listing =
  | { readonly found: readonly Resource[]; readonly problem?: string }
  | { readonly found?: undefined; readonly problem: string };

/** Kinds that nobody was asked for are left out. */
export type Inventory = Readonly<Partial<Record<ResourceKind, Listing>>>;

/** What stands for a resource, by evidence that was just looked at. */
export interface Protection {
  readonly kind: ResourceKind;
  /** A name or an alias, or a pattern with `*`. */
  readonly match: string;
  readonly region?: string;
  /** What protects it, or what it is to Lifeboat. */
  readonly by: string;
  /** `own`: Lifeboat made it to protect others. */
  readonly as: "protected" | "own";
  /** Why it does not protect now, all the same. */
  readonly problem?: string;
}

/** Whether one of a resource's names is meant. `*` stands for any characters; nothing else is special. */
export const isMeant = (match: string, { name, aliases }: Pick<Resource, "name" | "aliases">): boolean => {
  const pattern = new RegExp(`^${match.split("*").map(escaped).join(".*")}$`, "s");
  return [name, ...aliases].some((one) => pattern.test(one));
};

const escaped = (text: string): string => text.replace(/[.+?^${}()|[\]\\]/g, "\\$&");
