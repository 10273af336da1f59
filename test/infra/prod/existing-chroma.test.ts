import { z } from "zod";
import { committed } from "../../unit/infra/config/stackFiles";
import { lacking, liveOf, variablesOf } from "../support/deployed";
import { CHROMA_URL, chroma, companyWorld } from "../support/existing";
import { unguarded } from "../support/guard";
import { deployedProd, PRIMARY, SYSTEM } from "../support/prod";
import type { Recording } from "../support/recording";

/** A committed value of the stack with its job off. */
const withoutJobs = (value: string, job: string) => ({ ...JSON.parse(committed("prod")[value] ?? "{}"), [job]: "off" });

let made: Recording;
let server: Recording;
beforeAll(async () => {
  made = await deployedProd();
});
beforeAll(async () => {
  server = await deployedProd(chroma(), companyWorld());
});

describe("a Chroma server that exists", () => {
  it("is not made", () => {
    // A rule of the cluster's group would let functions in to what is not there.
    expect(lacking(server, made).filter((name) => !name.endsWith(` in acme-${PRIMARY}`))).toEqual([
      `SecurityGroupIngressRule ${SYSTEM}-functions-primary-pods in ${PRIMARY}`,
    ]);
    expect(lacking(made, server)).toEqual([]);
    expect(unguarded(server)).toEqual([]);
  });

  it("leaves the cluster alone where no job runs in it", async () => {
    const jobless = await deployedProd({
      ...chroma(),
      postgres: withoutJobs("postgres", "dump"),
      configuration: withoutJobs("configuration", "git"),
    });

    expect(jobless.resources.filter(({ type }) => /^kubernetes:|^pulumi:providers:kubernetes$/.test(type))).toEqual([]);
  });

  it("is what exports read, and what their functions are let out to", async () => {
    const Egress = z.object({ securityGroupId: z.string(), fromPort: z.number(), referencedSecurityGroupId: z.string().optional() });
    const elsewhere = await deployedProd(chroma({ securityGroupId: "sg-theirs" }), companyWorld());
    const exitsOf = (run: Recording) =>
      run
        .typed("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", Egress)
        .filter(({ args }) => args.securityGroupId === `${PRIMARY}/${SYSTEM}-functions-primary`)
        .map(({ args }) => [args.fromPort, args.referencedSecurityGroupId]);

    expect(liveOf(server).chromaUrl).toBe(CHROMA_URL);
    expect(variablesOf(server, "chroma-export").CHROMA_URL).toBe(CHROMA_URL);
    expect(exitsOf(server)).toEqual([
      [9000, undefined],
      [443, undefined],
    ]);
    expect(lacking(server, elsewhere)).toEqual([`SecurityGroupEgressRule chroma-existing in ${PRIMARY}`]);
    expect(exitsOf(elsewhere)).toContainEqual([9000, "sg-theirs"]);
  });
});
