import { parseBootstrapOptions } from "../../../../../ops/lifeboat/bootstrap/options";

test("without any, both stacks are made for the account", () => {
  expect(parseBootstrapOptions([])).toEqual({ stacks: ["prod", "dr"], check: false, json: false, grant: false });
});

test("all of them", () => {
  const principal = "arn:aws:iam::123456789012:role/deployers";

  expect(parseBootstrapOptions(["--stack", "dr", "--check", "--json", "--grant", "--principal", principal])).toEqual({
    stacks: ["dr"],
    check: true,
    json: true,
    grant: true,
    principal,
  });
});

test.each([
  [["--stack", "test"], /Received: --stack test\. Allowed: prod, dr, all\./],
  [["--principal", "deployers"], /Received: --principal deployers\. Allowed: such as arn:aws:iam/],
  [["--principal", "*"], /no ARN of IAM/],
  [["--force"], /Allowed: --stack, --check, --principal, --grant, --json\./],
  [["now"], /Received: now\./],
])("%j is refused with what is allowed", (argv, message) => {
  expect(() => parseBootstrapOptions(argv)).toThrow(message);
});
