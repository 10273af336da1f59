import fc from "fast-check";
import { grainsOf, permissionsOf, rulesRead, without } from "../../../../../local/plugins/aws/ec2/permissions";

const group = "sg-1";
const https = { protocol: "tcp", fromPort: 443, toPort: 443 };

const rule = fc.record({
  protocol: fc.constantFrom("tcp", "udp"),
  fromPort: fc.integer({ min: 1, max: 3 }),
  toPort: fc.integer({ min: 4, max: 6 }),
  cidrBlocks: fc.uniqueArray(fc.constantFrom("10.0.0.0/16", "10.1.0.0/16", "0.0.0.0/0"), { minLength: 1 }),
});

describe("a security group's rules", () => {
  test("stay as written when AWS merged them", () => {
    const written = [
      { ...https, cidrBlocks: ["10.0.0.0/16"], description: "one" },
      { ...https, cidrBlocks: ["10.1.0.0/16"], self: true },
    ];
    const merged = [
      {
        IpProtocol: "tcp",
        FromPort: 443,
        ToPort: 443,
        IpRanges: [{ CidrIp: "10.1.0.0/16" }, { CidrIp: "10.0.0.0/16", Description: "one" }],
        UserIdGroupPairs: [{ GroupId: group }],
      },
    ];

    expect(rulesRead(group, written, merged)).toBe(written);
  });

  test("show what somebody added", () => {
    const written = [{ ...https, cidrBlocks: ["10.0.0.0/16"] }];
    const found = [{ IpProtocol: "tcp", FromPort: 443, ToPort: 443, IpRanges: [{ CidrIp: "10.0.0.0/16" }, { CidrIp: "0.0.0.0/0" }] }];

    expect(rulesRead(group, written, found)).toEqual([{ ...https, cidrBlocks: ["10.0.0.0/16", "0.0.0.0/0"] }]);
  });

  test("of protocol -1 have no ports, whatever is written", () => {
    const written = [{ protocol: "-1", fromPort: 0, toPort: 65_535, cidrBlocks: ["0.0.0.0/0"] }];

    expect(rulesRead(group, written, [{ IpProtocol: "-1", IpRanges: [{ CidrIp: "0.0.0.0/0" }] }])).toBe(written);
    expect(permissionsOf(grainsOf(group, written))).toEqual([
      { IpProtocol: "-1", IpRanges: [{ CidrIp: "0.0.0.0/0", Description: undefined }] },
    ]);
  });

  test("once sent are read as written, and need no further change", () => {
    fc.assert(
      fc.property(fc.array(rule, { maxLength: 4 }), (written) => {
        const grains = grainsOf(group, written);

        expect(rulesRead(group, written, permissionsOf(grains))).toBe(written);
        expect(without(grains, grains)).toEqual([]);
      }),
    );
  });
});
