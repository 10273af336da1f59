import { withHostVariables, withoutHostVariables } from "../../../../../local/plugins/aws/lambda/endpoints";

const environment = {
  AWS_ENDPOINT_URL: "http://gateway",
  AWS_ENDPOINT_URL_RDS: "http://gateway/rds",
  HOME: "/home/somebody",
  AWS_ENDPOINT_URL_S3: "",
};

describe("a function's endpoints", () => {
  test("reach the function beside its own variables, and nothing else of the plugin's environment does", () => {
    expect(withHostVariables({ STORE: "chroma" }, environment)).toEqual({
      AWS_ENDPOINT_URL: "http://gateway",
      AWS_ENDPOINT_URL_RDS: "http://gateway/rds",
      STORE: "chroma",
    });
  });

  test("never reach the state", () => {
    const sent = withHostVariables({ STORE: "chroma" }, environment);

    expect(withoutHostVariables(sent, { STORE: "chroma" }, environment)).toEqual({ STORE: "chroma" });
  });

  test("leave a function without variables without variables", () => {
    const sent = withHostVariables(undefined, environment);

    expect(withoutHostVariables(sent, undefined, environment)).toBeUndefined();
  });

  test("give way to what the program sets itself, which stays in the state", () => {
    const written = { AWS_ENDPOINT_URL: "http://own" };

    expect(withHostVariables(written, environment)).toMatchObject(written);
    expect(withoutHostVariables(withHostVariables(written, environment), written, environment)).toEqual(written);
  });

  test("a variable that somebody added is seen", () => {
    expect(withoutHostVariables({ ...environment, ADDED: "1" }, { STORE: "chroma" }, environment)).toMatchObject({ ADDED: "1" });
  });

  test("on AWS, where there are none, nothing is added", () => {
    expect(withHostVariables(undefined, { HOME: "/home/somebody" })).toBeUndefined();
  });
});

describe("a function's CAs", () => {
  const trusting = { ...environment, NODE_EXTRA_CA_CERTS: "/run/embedded/ca.pem" };
  const written = { NODE_EXTRA_CA_CERTS: "/var/runtime/ca-cert.pem", STORE: "postgres" };

  test("are the embedded AWS's in place of the program's, whose path stays in the state", () => {
    const sent = withHostVariables(written, trusting);

    expect(sent).toMatchObject({ NODE_EXTRA_CA_CERTS: "/run/embedded/ca.pem", STORE: "postgres" });
    expect(withoutHostVariables(sent, written, trusting)).toEqual(written);
  });

  test("reach a function whose program names none, and not its state", () => {
    const sent = withHostVariables(undefined, trusting);

    expect(sent).toMatchObject({ NODE_EXTRA_CA_CERTS: "/run/embedded/ca.pem" });
    expect(withoutHostVariables(sent, undefined, trusting)).toBeUndefined();
  });

  test("are the program's own where the host has none, and a change of them is seen", () => {
    expect(withHostVariables(written, environment)).toMatchObject(written);
    expect(withHostVariables(written, { NODE_EXTRA_CA_CERTS: "" })).toEqual(written);
    expect(withoutHostVariables({ ...written, NODE_EXTRA_CA_CERTS: "/tmp/other.pem" }, written, environment)).toMatchObject({
      NODE_EXTRA_CA_CERTS: "/tmp/other.pem",
    });
  });
});
