import { ExistingChroma, portOf } from "../../../infra/components/existing/existingChroma";
import { underMocks, valueIn } from "./support";

const deployed = (existing: { readonly url: string; readonly securityGroupId?: string }) =>
  underMocks({}, () => new ExistingChroma("chroma", { existing, functionsSecurityGroupId: "sg-functions" }, {}));

describe("an existing Chroma server", () => {
  it("stands in the place of one that is made, and nothing is created", async () => {
    const { given, created } = await deployed({ url: "http://chroma.company.internal:8000/" });

    expect(await valueIn(given.url)).toBe("http://chroma.company.internal:8000");
    expect(created).toEqual([]);
  });

  it("in a network of its own is what the functions are let out to, by a rule of their own group", async () => {
    const { created } = await deployed({ url: "https://chroma.company.internal", securityGroupId: "sg-theirs" });

    expect(created).toEqual([
      expect.objectContaining({
        type: "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
        inputs: expect.objectContaining({
          securityGroupId: "sg-functions",
          referencedSecurityGroupId: "sg-theirs",
          fromPort: 443,
          toPort: 443,
        }),
      }),
    ]);
  });

  it.each([
    ["http://chroma:8000", 8000],
    ["https://chroma", 443],
    ["http://chroma", 80],
  ])("at %s listens on %d", (url, port) => {
    expect(portOf(url)).toBe(port);
  });
});
