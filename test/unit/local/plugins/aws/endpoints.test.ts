import { withEndpoints, withoutEndpoints } from "../../../../../local/plugins/aws/lambda/endpoints";

const environment = {
  AWS_ENDPOINT_URL: "http://gateway",
  AWS_ENDPOINT_URL_RDS: "http://gateway/rds",
  HOME: "/home/somebody",
  AWS_ENDPOINT_URL_S3: "",
};

describe("a function's endpoints", () => {
  test("reach the function beside its own variables, and nothing else of the plugin's environment does", () => {
    expect(withEndpoints({ STORE: "chroma" }, environment)).toEqual({
      AWS_ENDPOINT_URL: "http://gateway",
      AWS_ENDPOINT_URL_RDS: "http://gateway/rds",
      STORE: "chroma",
    });
  });

  test("never reach the state", () => {
    const sent = withEndpoints({ STORE: "chroma" }, environment);

    expect(withoutEndpoints(sent, { STORE: "chroma" })).toEqual({ STORE: "chroma" });
  });

  test("leave a function without variables without variables", () => {
    const sent = withEndpoints(undefined, environment);

    expect(withoutEndpoints(sent, undefined)).toBeUndefined();
  });

  test("give way to what the program sets itself, which stays in the state", () => {
    const written = { AWS_ENDPOINT_URL: "http://own" };

    expect(withEndpoints(written, environment)).toMatchObject(written);
    expect(withoutEndpoints(withEndpoints(written, environment), written)).toEqual(written);
  });

  test("a variable that somebody added is seen", () => {
    expect(withoutEndpoints({ ...environment, ADDED: "1" }, { STORE: "chroma" })).toMatchObject({ ADDED: "1" });
  });

  test("on AWS, where there are none, nothing is added", () => {
    expect(withEndpoints(undefined, { HOME: "/home/somebody" })).toBeUndefined();
  });
});
