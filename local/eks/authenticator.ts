import { LifeboatError } from "../../recovery/errors";

export interface AuthenticatorOptions {
  /** Where STS is: a token that names another host is carried to nobody. */
  readonly stsEndpoint: string;
  readonly clusterName: string;
  readonly now: () => Date;
}

const PREFIX = "k8s-aws-v1.";
/** https://github.com/kubernetes-sigs/aws-iam-authenticator/blob/master/pkg/token/token.go: what a token's call may have. */
const PARAMETERS: readonly string[] = [
  ...["action", "version", "x-amz-algorithm", "x-amz-credential", "x-amz-date", "x-amz-expires"],
  ...["x-amz-security-token", "x-amz-signature", "x-amz-signedheaders"],
];
/** A cluster asks once a token, for a while. */
const REMEMBERED_MS = 60_000;

/**
 * Says whose a token of EKS is, as the authenticator of a cluster does: it carries the signed call that the token is to STS, with the cluster's own
 * name in the header that is signed with it. Resolves to the ARN of the role or user; undefined for a token that STS does not take.
 */
export const eksAuthenticator = ({ stsEndpoint, clusterName, now }: AuthenticatorOptions) => {
  const known = new Map<string, { readonly principalArn: string; readonly untilMs: number }>();
  return async (token: string): Promise<string | undefined> => {
    const held = known.get(token);
    if (held !== undefined && held.untilMs > now().getTime()) return held.principalArn;
    known.delete(token);
    const url = callOf(token, new URL(stsEndpoint).host);
    if (url === undefined) return undefined;
    const response = await fetch(url, { headers: { "x-k8s-aws-id": clusterName } });
    const text = await response.text();
    if (response.status >= 500)
      throw new LifeboatError({
        code: "store-unavailable",
        what: "STS does not say whose a token is",
        received: `HTTP ${response.status}`,
        hint: "Look at the emulator's log",
      });
    const arn = response.ok ? /<Arn>([^<]+)<\/Arn>/.exec(text)?.[1] : undefined;
    if (arn === undefined) return undefined;
    const principalArn = principalOf(arn);
    known.set(token, { principalArn, untilMs: now().getTime() + REMEMBERED_MS });
    return principalArn;
  };
};

const callOf = (token: string, stsHost: string): URL | undefined => {
  if (!token.startsWith(PREFIX)) return undefined;
  const text = Buffer.from(token.slice(PREFIX.length), "base64url").toString("utf8");
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  const signed = (url.searchParams.get("X-Amz-SignedHeaders") ?? "").split(";");
  const asked = url.searchParams.get("Action") === "GetCallerIdentity" && signed.includes("x-k8s-aws-id");
  const usual = [...url.searchParams.keys()].every((name) => PARAMETERS.includes(name.toLowerCase()));
  return asked && usual && url.host === stsHost && url.pathname === "/" ? url : undefined;
};

/** A session is its role's. */
const principalOf = (arn: string): string => arn.replace(/^arn:aws:sts::(\d+):assumed-role\/([^/]+)\/.*$/, "arn:aws:iam::$1:role/$2");
