import { type Exclusion, hasEnded } from "./exclusion";
import { type Inventory, isMeant, type Listing, type Protection, RESOURCE_KINDS, type Resource, type ResourceKind } from "./resource";

export type Verdict = "protected" | "own" | "excluded" | "unprotected" | "unknown";

export interface CoverageLine {
  readonly kind: ResourceKind;
  /** `*` where the whole kind is unknown. */
  readonly name: string;
  readonly region?: string;
  readonly verdict: Verdict;
  readonly reason: string;
}

export interface Coverage {
  /** What needs somebody first, then by kind and name. */
  readonly lines: readonly CoverageLine[];
  /** Unprotected resources, and kinds that nobody could list. */
  readonly uncovered: number;
  /** Exclusions that mean nothing that exists: they hide the next thing of that name. */
  readonly unusedExclusions: readonly Exclusion[];
}

/** What exists against what stands for it. Pure. Nothing is taken for covered because nobody could look. */
export const coverageOf = (
  inventory: Inventory,
  protections: readonly Protection[],
  exclusions: readonly Exclusion[],
  now: Date,
): Coverage => {
  const used = new Set<Exclusion>();
  const lines = RESOURCE_KINDS.flatMap((kind) => {
    const listing = inventory[kind];
    return listing === undefined ? [] : linesOf(kind, listing, (resource) => judge(resource, protections, exclusions, now, used));
  });
  const isUncovered = ({ verdict }: CoverageLine): boolean => verdict === "unprotected" || verdict === "unknown";
  return {
    lines: [...lines].sort(
      (a, b) =>
        Number(isUncovered(b)) - Number(isUncovered(a)) ||
        RESOURCE_KINDS.indexOf(a.kind) - RESOURCE_KINDS.indexOf(b.kind) ||
        compareText(a.name, b.name) ||
        compareText(a.region ?? "", b.region ?? ""),
    ),
    uncovered: lines.filter(isUncovered).length,
    unusedExclusions: exclusions.filter((exclusion) => !used.has(exclusion) && isListed(inventory[exclusion.kind])),
  };
};

/** An exclusion may mean what was not listed. */
const isListed = (listing: Listing | undefined): boolean => listing !== undefined && listing.problem === undefined;

type Judgement = Pick<CoverageLine, "verdict" | "reason">;

const linesOf = (kind: ResourceKind, listing: Listing, judgement: (resource: Resource) => Judgement): readonly CoverageLine[] => {
  const { found = [], problem } = listing;
  const unknown: readonly CoverageLine[] =
    problem === undefined ? [] : [{ kind, name: "*", verdict: "unknown", reason: `they could not be listed: ${problem}` }];
  return [
    ...unknown,
    ...found.map((resource) => ({
      kind,
      name: resource.name,
      ...(resource.region === undefined ? {} : { region: resource.region }),
      ...judgement(resource),
    })),
  ];
};

const judge = (
  resource: Resource,
  protections: readonly Protection[],
  exclusions: readonly Exclusion[],
  now: Date,
  used: Set<Exclusion>,
): Judgement => {
  const standing = protections.filter(
    ({ kind, match, region }) => kind === resource.kind && (region === undefined || region === resource.region) && isMeant(match, resource),
  );
  const meant = exclusions.filter(({ kind, match }) => kind === resource.kind && isMeant(match, resource));
  for (const exclusion of meant) used.add(exclusion);

  const good = standing.find(({ problem }) => problem === undefined);
  if (good !== undefined) return { verdict: good.as, reason: good.by };
  const exclusion = meant.find((one) => !hasEnded(one, now));
  if (exclusion !== undefined) return { verdict: "excluded", reason: `${exclusion.reason} (${exclusion.owner}${until(exclusion)})` };
  if (resource.ephemeral !== undefined) return { verdict: "excluded", reason: resource.ephemeral };
  const [failing] = standing;
  if (failing !== undefined) return { verdict: "unprotected", reason: `${failing.by}, but ${failing.problem}` };
  const [ended] = meant;
  if (ended !== undefined)
    return { verdict: "unprotected", reason: `its exclusion ended on ${ended.expires} (${ended.owner}: ${ended.reason})` };
  return { verdict: "unprotected", reason: "nothing protects it" };
};

const until = ({ expires }: Exclusion): string => (expires === undefined ? "" : `, until ${expires}`);

/** By code units: the same on every machine. */
const compareText = (a: string, b: string): number => (a < b ? -1 : Number(a > b));
