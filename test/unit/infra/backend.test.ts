import { requireBackend } from "../../../infra/backend";

const regions = { primary: "us-east-1", recovery: "eu-west-1" };

describe("a stack's backend", () => {
  it.each([
    ["dr", "s3://acme-pulumi-dr?region=eu-west-1"],
    ["prod", "s3://acme-pulumi-prod?region=us-east-1"],
    ["dr", undefined],
    ["dr", ""],
  ] as const)("of %s may be %s", (stack, backendUrl) => {
    expect(() => requireBackend(stack, regions, backendUrl)).not.toThrow();
  });

  it.each([
    ["dr", "s3://acme-pulumi-prod?region=us-east-1", "not in the recovery region eu-west-1"],
    ["dr", "file:///home/somebody", "nobody can tell that it outlives us-east-1"],
    ["prod", "s3://acme-pulumi-dr?region=eu-west-1", "where dr's belongs"],
  ] as const)("of %s may not be %s, and nothing is created", (stack, backendUrl, why) => {
    expect(() => requireBackend(stack, regions, backendUrl)).toThrow(why);
    expect(() => requireBackend(stack, regions, backendUrl)).toThrow("nothing was created");
  });
});
