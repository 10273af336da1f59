import { z } from "zod";
import { lacking, liveOf, variablesOf } from "../support/deployed";
import { CHROMA_URL, chroma, companyWorld } from "../support/existing";
import { unguarded } from "../support/guard";
import { deployedProd, PRIMARY, SYSTEM } from "../support/prod";
import type { Recording } from "../support/recording";

let made: Recording;
let server: Recording;
beforeAll(async () => {
  made = await deployedProd();
});
beforeAll(async () => {
  server = await deployedProd(chroma(), companyWorld());
});

describe("a Chroma server that exists", () => {
  it("is not made, and no cluster is spoken to", () => {
    // A rule of the cluster's group would let functions in to what is not there.
    expect(lacking(server, made).filter((name) => !name.endsWith(` in acme-${PRIMARY}`))).toEqual([
      `SecurityGroupIngressRule ${SYSTEM}-functions-primary-pods in ${PRIMARY}`,
    ]);
    expect(server.resources.filter(({ type }) => type.startsWith("kubernetes:") || type === "pulumi:providers:kubernetes")).toEqual([]);
    expect(lacking(made, server)).toEqual([]);
    expect(unguarded(server)).toEqual([]);
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
