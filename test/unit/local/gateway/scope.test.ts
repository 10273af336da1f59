import { classOf } from "../../../../local/gateway/global";
import { operationOf } from "../../../../local/gateway/operation";
import { scopeOf } from "../../../../local/gateway/scope";

const none = new URLSearchParams();

it("reads region, service and key from a signed header", () => {
  const authorization = "AWS4-HMAC-SHA256 Credential=AKIA1/20260101/eu-west-1/s3/aws4_request, SignedHeaders=host, Signature=0";

  expect(scopeOf({ authorization }, "/b/k", none, "us-east-1")).toEqual({
    region: "eu-west-1",
    service: "s3",
    accessKeyId: "AKIA1",
    signed: true,
  });
});

it("reads them from a presigned address", () => {
  const query = new URLSearchParams({ "X-Amz-Credential": "AKIA1/20260101/eu-west-1/s3/aws4_request" });

  expect(scopeOf({}, "/b/k", query, "us-east-1")).toMatchObject({ region: "eu-west-1", accessKeyId: "AKIA1", signed: true });
});

it.each([
  ["a regional host", { host: "sqs.eu-west-1.amazonaws.com" }, "/", { region: "eu-west-1", service: "sqs" }],
  ["a path with a bucket", { host: "127.0.0.1:1" }, "/my-bucket/k", { region: "us-east-1", service: "s3" }],
  ["the emulator's health", { host: "127.0.0.1:1" }, "/_ministack/health", { region: "us-east-1", service: "unknown" }],
])("guesses an unsigned call by %s, and says that it is unsigned", (_, headers, path, expected) => {
  expect(scopeOf(headers, path, none, "us-east-1")).toEqual({ ...expected, signed: false });
});

it.each([
  ["JSON", "POST", "/", { "x-amz-target": "AmazonSSM.GetParameter" }, undefined, "GetParameter"],
  ["CBOR", "POST", "/service/GraniteServiceVersion20100801/operation/PutMetricData", {}, undefined, "PutMetricData"],
  ["query", "POST", "/", {}, new URLSearchParams("Action=CreateUser&Version=1"), "CreateUser"],
  ["REST", "GET", "/2015-03-31/functions/f", {}, undefined, "GET /2015-03-31/functions/f"],
])("names the operation of a %s call", (_, method, path, headers, form, expected) => {
  expect(operationOf(method, path, headers, none, form)).toBe(expected);
});

it.each([
  ["iam", "CreateRole", undefined, "global-write"],
  ["iam", "GetRole", undefined, "global-read"],
  ["route53", "GET /2013-04-01/hostedzone", undefined, "global-read"],
  ["route53", "POST /2013-04-01/hostedzone/Z/rrset", undefined, "global-write"],
  ["sts", "GetCallerIdentity", "127.0.0.1:1", "regional"],
  ["sts", "GetCallerIdentity", "sts.amazonaws.com", "global-read"],
  ["s3", "PutObject", undefined, "regional"],
])("%s %s (host %s) is %s", (service, operation, host, expected) => {
  expect(classOf(service, operation, host)).toBe(expected);
});
