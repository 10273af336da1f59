/** The stacks of the program: each has a state backend and a secrets key of its own. */
export const STACKS = ["prod", "dr"] as const;
export type StackName = (typeof STACKS)[number];

export interface Regions {
  readonly primary: string;
  readonly recovery: string;
}

/** The region that a stack's state and secrets key belong in: `dr` must open with the primary region gone. */
export const stateRegion = (stack: StackName, { primary, recovery }: Regions): string => (stack === "dr" ? recovery : primary);

/** Names of what a stack is deployed with. The account and the region make the bucket's unique; S3 allows 63 characters. */
export const stateNames = (system: string, stack: StackName, accountId: string, region: string) => ({
  bucket: `${system}-pulumi-${stack}-${accountId}-${region}`,
  keyAlias: `alias/${system}-pulumi-${stack}`,
  role: `${system}-lifeboat-deploy-${stack}`,
});

/** What Pulumi's S3 backend is told: https://www.pulumi.com/docs/iac/concepts/state-and-backends/ */
export interface S3Backend {
  readonly bucket: string;
  readonly region?: string;
}

/** Undefined for every other kind of backend. */
export const s3BackendOf = (backendUrl: string): S3Backend | undefined => {
  const url = parsed(backendUrl);
  if (url?.protocol !== "s3:" || url.hostname === "") return undefined;
  const region = url.searchParams.get("region");
  return { bucket: url.hostname, ...(region === null || region === "" ? {} : { region }) };
};

/** `endpoint` is that of an AWS that is not Amazon's; the variables of the SDK name it. */
export const backendUrlOf = ({ bucket, region }: Required<S3Backend>, endpoint?: string): string =>
  `s3://${bucket}?region=${region}&awssdk=v2${
    endpoint === undefined ? "" : `&endpoint=${endpoint}&use_path_style=true&hostname_immutable=true`
  }`;

export const secretsProviderOf = (keyAlias: string, region: string): string => `awskms://${keyAlias}?region=${region}`;

export interface StackBackend {
  readonly stack: StackName;
  /** As PULUMI_BACKEND_URL has it. */
  readonly backendUrl: string;
  /** `secretsprovider` of the stack's file; absent for a passphrase, which lives in no region. */
  readonly secretsProvider?: string;
  readonly regions: Regions;
}

/**
 * Why a stack must not be deployed with this backend; undefined when nothing speaks against it. It looks at names only: whether the bucket
 * really lives in the region that the URL names, AWS alone knows.
 */
export const backendProblem = (given: StackBackend): string | undefined =>
  stateProblem(given) ??
  (given.secretsProvider === undefined ? undefined : secretsProblem(given.stack, given.secretsProvider, given.regions));

const stateProblem = ({ stack, backendUrl, regions }: StackBackend): string | undefined => {
  const backend = s3BackendOf(backendUrl);
  if (stack === "prod")
    return backend?.region === regions.recovery
      ? `the state of prod is in ${regions.recovery} (${shown(backendUrl)}), where dr's belongs: prod has a backend of its own in ${regions.primary}`
      : undefined;
  if (backend === undefined)
    return `the state of dr is in ${shown(backendUrl)}: nobody can tell that it outlives ${regions.primary}; it belongs in a bucket in ${regions.recovery}`;
  if (backend.region === undefined)
    return `the backend of dr names no region (${shown(backendUrl)}): write s3://${backend.bucket}?region=${regions.recovery}`;
  return backend.region === regions.recovery
    ? undefined
    : `the state of dr is in ${backend.region} (${shown(backendUrl)}), not in the recovery region ${regions.recovery}`;
};

/** The same of the key alone that seals a stack's secrets. */
export const secretsProblem = (stack: StackName, secretsProvider: string, regions: Regions): string | undefined => {
  if (stack === "prod" || !secretsProvider.startsWith("awskms:")) return undefined;
  const named = kmsRegionsOf(secretsProvider);
  if (named.length === 0)
    return `the secrets key of dr names no region (${secretsProvider}): add ?region=${regions.recovery}, which the caller's own region would stand in for`;
  const elsewhere = named.find((region) => region !== regions.recovery);
  return elsewhere === undefined
    ? undefined
    : `the secrets key of dr is in ${elsewhere} (${secretsProvider}), not in the recovery region ${regions.recovery}`;
};

/** The regions that a provider names: of its query and of its ARN. https://gocloud.dev/howto/secrets/#aws */
const kmsRegionsOf = (secretsProvider: string): readonly string[] => {
  const arn = /arn:[a-z-]+:kms:([a-z0-9-]+):/.exec(secretsProvider)?.[1];
  const query = parsed(secretsProvider)?.searchParams.get("region");
  return [arn, query].flatMap((region) => (region === undefined || region === null || region === "" ? [] : [region]));
};

/** Without credentials that somebody may have written into it. */
const shown = (backendUrl: string): string => {
  const url = parsed(backendUrl);
  if (url === undefined) return backendUrl === "" ? "no backend" : "a backend whose URL cannot be read";
  return `${url.protocol}//${url.host}${url.pathname === "/" ? "" : url.pathname}`;
};

const parsed = (url: string): URL | undefined => (URL.canParse(url) ? new URL(url) : undefined);
