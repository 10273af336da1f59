import { gzipSync } from "node:zlib";
import { XMLParser } from "fast-xml-parser";
import { notFound } from "../../../../local/cloudwatch/errors";
import { decode } from "../../../../local/cloudwatch/protocol";
import { decodeCbor, encodeCbor } from "../../../../local/cloudwatch/protocol/cbor";

const json = { "x-amz-target": "GraniteServiceVersion20100801.PutMetricData" };
const time = new Date("2026-01-01T00:00:00.500Z");

it("reads and answers JSON, compressed or not", () => {
  const body = Buffer.from('{"Namespace":"n"}');
  const plain = decode({ path: "/", headers: json, body }, "id");
  const compressed = decode({ path: "/", headers: { ...json, "content-encoding": "gzip" }, body: gzipSync(body) }, "id");

  expect([plain.operation, plain.input, compressed.input]).toEqual(["PutMetricData", { Namespace: "n" }, { Namespace: "n" }]);
  expect(JSON.parse(plain.encode({ At: time, None: undefined }).body.toString())).toEqual({ At: time.getTime() / 1000 });
  expect(plain.encodeError(notFound("gone"))).toMatchObject({ status: 404, headers: { "x-amzn-query-error": "ResourceNotFound;Sender" } });
});

it("reads and answers CBOR, with times that both sides take for times", () => {
  const path = "/service/GraniteServiceVersion20100801/operation/DescribeAlarms";
  const decoded = decode({ path, headers: {}, body: encodeCbor({ At: time, List: [1.5, "x"], None: undefined }) }, "id");

  expect(decoded.operation).toBe("DescribeAlarms");
  expect(decoded.input).toEqual({ At: time, List: [1.5, "x"] });
  const answer = decoded.encode({ At: time });
  expect(answer.headers).toMatchObject({ "smithy-protocol": "rpc-v2-cbor", "content-type": "application/cbor" });
  expect(decodeCbor(answer.body)).toEqual({ At: time });
});

it("reads nested lists from a query, in order, and answers XML", () => {
  const form = new URLSearchParams({
    Action: "PutMetricData",
    Version: "2010-08-01",
    Namespace: "n",
    "MetricData.member.2.MetricName": "b",
    "MetricData.member.1.MetricName": "a",
    "MetricData.member.1.Dimensions.member.1.Name": "d",
    "MetricData.member.10.MetricName": "c",
  });
  const headers = { "content-type": "application/x-www-form-urlencoded; charset=utf-8" };
  const decoded = decode({ path: "/", headers, body: Buffer.from(form.toString()) }, "id");

  expect(decoded.input).toEqual({
    Namespace: "n",
    MetricData: [{ MetricName: "a", Dimensions: [{ Name: "d" }] }, { MetricName: "b" }, { MetricName: "c" }],
  });
  const answer = new XMLParser().parse(decoded.encode({ Items: [{ At: time }, { At: time }], Next: "a<b" }).body);
  expect(answer.PutMetricDataResponse.PutMetricDataResult).toEqual({
    Items: { member: [{ At: time.toISOString() }, { At: time.toISOString() }] },
    Next: "a<b",
  });
  expect(decoded.encodeError(notFound("gone")).body.toString()).toContain("<Code>ResourceNotFound</Code>");
});

it.each([
  ["JSON", { path: "/", headers: json, body: Buffer.from("{") }],
  ["CBOR", { path: "/service/GraniteServiceVersion20100801/operation/X", headers: {}, body: Buffer.from([0xff, 0x00]) }],
  ["anything", { path: "/", headers: {}, body: Buffer.from("hello") }],
])("refuses a body that is no %s", (_, request) => {
  expect(() => decode(request, "id")).toThrow();
});
