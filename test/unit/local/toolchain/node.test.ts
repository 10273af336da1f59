import { requireNode } from "../../../../local/toolchain/node";

describe("node", () => {
  test("must be 22 or later", () => {
    expect(requireNode("22.1.0", "/bin/node")).toBe("/bin/node");
    expect(() => requireNode("20.20.0", "/usr/bin/node")).toThrow(/20\.20\.0 at \/usr\/bin\/node.*Hint: Run npm ci/);
  });
});
