import aws4 from "aws4";
import { presignedGet } from "../../../../../lambdas/configuration-export/kubernetes/presign";
import { eksTokens } from "../../../../../lambdas/configuration-export/kubernetes/token";

const KEYS = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" };
const AT = new Date("2026-11-26T21:00:00.000Z");

const decoded = (token: string): URL => new URL(Buffer.from(token.replace("k8s-aws-v1.", ""), "base64url").toString());

it.each([
  ["keys of a user", {}],
  ["keys of a session", { sessionToken: "IQoJb3JpZ2luX2VjE+/=" }],
])("signs as another implementation does, with %s", (_what, session) => {
  const url = new URL("https://sts.eu-west-1.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15");
  const signed = presignedGet(
    url,
    { "x-k8s-aws-id": "acme" },
    {
      ...KEYS,
      ...session,
      ...{ region: "eu-west-1", service: "sts", at: AT, expiresSeconds: 60 },
    },
  );

  const other = aws4.sign(
    {
      host: url.host,
      path: `${url.pathname}${url.search}&X-Amz-Expires=60&X-Amz-Date=20261126T210000Z`,
      headers: { "x-k8s-aws-id": "acme" },
      ...{ service: "sts", region: "eu-west-1", signQuery: true },
    },
    { ...KEYS, ...session },
  );
  const others = new URL(other.path ?? "", url);
  expect(Object.fromEntries(new URL(signed).searchParams)).toEqual(Object.fromEntries(others.searchParams));
});

it("makes a token for a cluster, and another one before STS would refuse it", async () => {
  let now = AT;
  const token = eksTokens({
    ...{ credentials: async () => KEYS, region: "us-east-1", stsEndpoint: "https://sts.us-east-1.amazonaws.com", clusterName: "acme" },
    now: () => now,
  });
  const first = await token();
  now = new Date(AT.getTime() + 30_000);
  const same = await token();
  now = new Date(AT.getTime() + 50_000);
  const later = await token();

  expect([same === first, later === first]).toEqual([true, false]);
  expect(decoded(first).host).toBe("sts.us-east-1.amazonaws.com");
  expect(decoded(first).searchParams.get("X-Amz-SignedHeaders")).toBe("host;x-k8s-aws-id");
  expect(decoded(first).searchParams.get("X-Amz-Expires")).toBe("60");
});
