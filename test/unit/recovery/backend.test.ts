import fc from "fast-check";
import {
  backendProblem,
  backendUrlOf,
  type Regions,
  s3BackendOf,
  secretsProblem,
  secretsProviderOf,
  stateNames,
  stateRegion,
} from "../../../recovery/backend";

const region = fc.constantFrom("us-east-1", "us-west-2", "eu-west-1", "eu-central-1", "ap-southeast-2", "sa-east-1");
const regions = fc
  .tuple(region, region)
  .filter(([primary, recovery]) => primary !== recovery)
  .map(([primary, recovery]): Regions => ({ primary, recovery }));
const stack = fc.constantFrom("prod", "dr");
const system = fc.stringMatching(/^[a-z][a-z0-9]{1,16}[a-z0-9]$/);
const account = fc.stringMatching(/^\d{12}$/);
const REGIONS: Regions = { primary: "us-east-1", recovery: "eu-west-1" };

describe("what bootstrap makes", () => {
  test("is a good backend of the stack that it was made for, and the other region's is none of dr's", () => {
    fc.assert(
      fc.property(regions, stack, system, account, fc.option(fc.webUrl()), (where, name, systemName, accountId, endpoint) => {
        const home = stateRegion(name, where);
        const { bucket, keyAlias } = stateNames(systemName, name, accountId, home);
        const backendUrl = backendUrlOf({ bucket, region: home }, endpoint ?? undefined);
        const secretsProvider = secretsProviderOf(keyAlias, home);

        expect(backendProblem({ stack: name, backendUrl, secretsProvider, regions: where })).toBeUndefined();
        expect(s3BackendOf(backendUrl)).toEqual({ bucket, region: home });
        const swapped = { primary: where.recovery, recovery: where.primary };
        expect(backendProblem({ stack: name, backendUrl, regions: swapped })).toMatch(
          name === "dr" ? /not in the recovery region/ : /where dr's belongs/,
        );
      }),
    );
  });

  test("has names that S3 and IAM take, whatever the system and the region", () => {
    fc.assert(
      fc.property(system, stack, account, region, (systemName, name, accountId, home) => {
        const { bucket, role } = stateNames(systemName, name, accountId, home);
        expect(bucket).toMatch(/^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/);
        expect(role.length).toBeLessThanOrEqual(64);
      }),
    );
  });
});

describe("dr", () => {
  test("is refused in every region but the recovery region", () => {
    fc.assert(
      fc.property(regions, region, (where, home) => {
        const problem = backendProblem({ stack: "dr", backendUrl: `s3://any?region=${home}`, regions: where });
        expect(problem === undefined).toBe(home === where.recovery);
      }),
    );
  });

  test("is refused on whatever is no bucket, without a throw", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.webUrl(), fc.constantFrom("file:///state", "azblob://state", "https://api.pulumi.com", "s3://", "")),
        (backendUrl) => {
          fc.pre(s3BackendOf(backendUrl) === undefined);
          expect(backendProblem({ stack: "dr", backendUrl, regions: REGIONS })).toMatch(/nobody can tell that it outlives us-east-1/);
          expect(backendProblem({ stack: "prod", backendUrl, regions: REGIONS })).toBeUndefined();
        },
      ),
    );
  });

  test("is refused without a region, and told what to write", () => {
    expect(backendProblem({ stack: "dr", backendUrl: "s3://state", regions: REGIONS })).toMatch(/write s3:\/\/state\?region=eu-west-1/);
  });

  test("does not repeat credentials that somebody wrote into the URL", () => {
    const problem = backendProblem({ stack: "dr", backendUrl: "https://me:sesame@pulumi.example/x?token=sesame", regions: REGIONS });
    expect(problem).toContain("https://pulumi.example/x");
    expect(problem).not.toContain("sesame");
  });
});

test.each([
  ["awskms://alias/a?region=us-east-1", /in us-east-1 .* not in the recovery region/],
  ["awskms:///arn:aws:kms:us-east-1:123456789012:key/k?region=eu-west-1", /in us-east-1/],
  ["awskms:///arn:aws:kms:eu-west-1:123456789012:key/k?region=us-east-1", /in us-east-1/],
  ["awskms://alias/a", /names no region/],
  ["awskms:///arn:aws:kms:eu-west-1:123456789012:key/k", undefined],
  ["awskms://alias/a?region=eu-west-1", undefined],
  ["passphrase", undefined],
])("the secrets of dr under %s", (provider, problem) => {
  const backendUrl = "s3://state?region=eu-west-1";
  const found = backendProblem({ stack: "dr", backendUrl, secretsProvider: provider, regions: REGIONS });

  if (problem === undefined) expect(found).toBeUndefined();
  else expect(found).toMatch(problem);
  expect(secretsProblem("prod", provider, REGIONS)).toBeUndefined();
});
