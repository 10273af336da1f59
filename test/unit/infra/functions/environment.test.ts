import type { FunctionDefinition } from "../../../../infra/functions/definition";
import { fitting } from "../../../../infra/functions/environment";

const told = (environment: FunctionDefinition["environment"]): FunctionDefinition => ({
  name: "watch",
  description: "d",
  home: "recovery",
  timeoutSeconds: 60,
  memoryMb: 256,
  inClusterNetwork: false,
  environment,
  statements: [],
});

describe("what a function is told", () => {
  test("may take what Lambda takes, without what is known later", () => {
    const definition = told({ LIST: "x".repeat(3584 - '{"LIST":""}'.length) });

    expect(fitting(definition)).toBe(definition);
  });

  test("is refused when it is more, with the variable that is the largest", () => {
    const definition = told({ SMALL: "x", LIST: JSON.stringify(Array.from({ length: 400 }, (_, index) => `name-${index}`)) });

    expect(() => fitting(definition)).toThrow(
      /watch is told is more than Lambda takes; nothing was deployed.*\d{4} bytes .*most of them in LIST.*3584 bytes.*Hint/s,
    );
  });
});
