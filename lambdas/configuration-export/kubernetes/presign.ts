import { createHash, createHmac } from "node:crypto";

export interface Signing {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly region: string;
  readonly service: string;
  readonly at: Date;
  readonly expiresSeconds: number;
}

const hmac = (key: string | Buffer, text: string): Buffer => createHmac("sha256", key).update(text).digest();
const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
const encoded = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);

/**
 * A GET that is signed in its query, headers included, for whoever carries it out.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 * @param headers lower-case names, beside `host`
 */
export const presignedGet = (
  url: URL,
  headers: Readonly<Record<string, string>>,
  { accessKeyId, secretAccessKey, sessionToken, region, service, at, expiresSeconds }: Signing,
): string => {
  const time = at.toISOString().replace(/[-:]|\.\d{3}/g, "");
  const scope = `${time.slice(0, 8)}/${region}/${service}/aws4_request`;
  const signed = Object.entries({ ...headers, host: url.host }).sort(([a], [b]) => (a < b ? -1 : 1));
  const names = signed.map(([name]) => name).join(";");
  const query = [
    ...url.searchParams,
    ["X-Amz-Algorithm", "AWS4-HMAC-SHA256"],
    ["X-Amz-Credential", `${accessKeyId}/${scope}`],
    ["X-Amz-Date", time],
    ["X-Amz-Expires", String(expiresSeconds)],
    ["X-Amz-SignedHeaders", names],
    ...(sessionToken === undefined ? [] : [["X-Amz-Security-Token", sessionToken]]),
  ]
    .map(([name = "", value = ""]) => `${encoded(name)}=${encoded(value)}`)
    .sort()
    .join("&");
  const canonicalHeaders = signed.map(([name, value]) => `${name}:${value}\n`).join("");
  const request = ["GET", url.pathname, query, canonicalHeaders, names, sha256("")].join("\n");
  const key = [scope.slice(0, 8), region, service, "aws4_request"].reduce<string | Buffer>(hmac, `AWS4${secretAccessKey}`);
  const signature = hmac(Buffer.from(key), ["AWS4-HMAC-SHA256", time, scope, sha256(request)].join("\n")).toString("hex");
  return `${url.origin}${url.pathname}?${query}&X-Amz-Signature=${signature}`;
};
