import fc from "fast-check";
import { divide, formatCidr, overlaps, parseCidr } from "../../../../../infra/components/cluster/cidr";
import { planSubnets } from "../../../../../infra/components/cluster/subnetPlan";

const ZONES = ["a", "b", "c"];

/** Blocks of a prefix, anywhere. */
const blocks = (shortest: number, longest: number) =>
  fc
    .tuple(fc.integer({ min: shortest, max: longest }), fc.nat({ max: 2 ** 32 - 1 }))
    .map(([prefix, any]) => ({ prefix, address: any - (any % 2 ** (32 - prefix)) }));

const parsed = (text: string) => {
  const cidr = parseCidr(text);
  if (cidr === undefined) throw new Error(`${text} is no block`);
  return cidr;
};

describe("blocks of addresses", () => {
  test("a block reads back as it was written", () => {
    fc.assert(fc.property(blocks(0, 32), (cidr) => expect(parseCidr(formatCidr(cidr))).toEqual(cidr)));
  });

  test.each(["10.1.0.0", "10.1.0.1/16", "10.1.0.256/24", "10.1.0.0/33", "10.1/16", ""])("%p is none", (text) => {
    expect(parseCidr(text)).toBeUndefined();
  });

  test("parts cover their whole and share nothing", () => {
    fc.assert(
      fc.property(blocks(8, 24), fc.integer({ min: 0, max: 4 }), (whole, bits) => {
        const parts = divide(whole, whole.prefix + bits);

        expect(parts).toHaveLength(2 ** bits);
        expect(parts.every((part) => overlaps(part, whole))).toBe(true);
        expect(parts.some((part, index) => parts.slice(index + 1).some((other) => overlaps(part, other)))).toBe(false);
      }),
    );
  });

  test("two blocks overlap exactly when one holds the other's first address", () => {
    const holds = (block: { address: number; prefix: number }, address: number) =>
      address >= block.address && address < block.address + 2 ** (32 - block.prefix);
    fc.assert(
      fc.property(blocks(0, 8), blocks(0, 8), (left, right) => {
        expect(overlaps(left, right)).toBe(holds(left, right.address) || holds(right, left.address));
      }),
    );
  });
});

describe("a network's plan", () => {
  const vpcs = blocks(16, 20).map(formatCidr);
  const subnetsOf = (vpc: string, zones: readonly string[]) =>
    planSubnets(vpc, zones).flatMap(({ privateCidr, publicCidr }) => [parsed(privateCidr), parsed(publicCidr)]);

  test("every zone has both its subnets, inside of the network and apart from all others", () => {
    fc.assert(
      fc.property(vpcs, fc.integer({ min: 2, max: 3 }), (vpc, count) => {
        const subnets = subnetsOf(vpc, ZONES.slice(0, count));

        expect(subnets).toHaveLength(2 * count);
        expect(subnets.every((subnet) => overlaps(subnet, parsed(vpc)) && subnet.prefix > parsed(vpc).prefix)).toBe(true);
        expect(subnets.some((subnet, index) => subnets.slice(index + 1).some((other) => overlaps(subnet, other)))).toBe(false);
      }),
    );
  });

  test("a third zone moves nothing of the first two", () => {
    fc.assert(fc.property(vpcs, (vpc) => expect(planSubnets(vpc, ZONES).slice(0, 2)).toEqual(planSubnets(vpc, ZONES.slice(0, 2)))));
  });

  test("more than three zones are refused", () => {
    expect(() => planSubnets("10.1.0.0/16", [...ZONES, "d"])).toThrow("in 4 zones");
  });
});
