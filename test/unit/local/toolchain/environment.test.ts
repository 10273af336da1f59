import { pulumiEnvironment } from "../../../../local/toolchain";

test("the CLI's environment is the run's own: nothing of a person's stacks and cloud gets in", () => {
  const environment = pulumiEnvironment({
    toolchain: { binDir: "/run/bin", nodeDir: "/node/bin", pulumiHome: "/run/home" },
    backendUrl: "file:///run/state",
    passphrase: "secret",
    extra: { AWS_REGION: "eu-west-1" },
    base: { PATH: "/usr/bin", HOME: "/home/me", AWS_PROFILE: "live", PULUMI_ACCESS_TOKEN: "pul-1", KUBECONFIG: "/home/me/.kube/config" },
  });

  expect(environment).toEqual({
    PATH: "/run/bin:/node/bin:/usr/bin",
    HOME: "/home/me",
    AWS_REGION: "eu-west-1",
    PULUMI_HOME: "/run/home",
    PULUMI_BACKEND_URL: "file:///run/state",
    PULUMI_CONFIG_PASSPHRASE: "secret",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
  });
});
