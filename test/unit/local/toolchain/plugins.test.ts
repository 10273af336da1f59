import { sdkVersionOf } from "../../../../local/toolchain";

test("a plugin's version is its SDK's", () => {
  expect(sdkVersionOf("random")).toMatch(/^\d+\.\d+\.\d+$/);
});
