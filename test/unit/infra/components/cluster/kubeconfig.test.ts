import { KubeConfig } from "@kubernetes/client-node";
import { kubeconfigOf } from "../../../../../infra/components/cluster/kubeconfig";

test("Kubernetes' own client reads it: one context, and a command for the token", () => {
  const text = kubeconfigOf({ clusterName: "acme", region: "eu-west-1", endpoint: "https://acme.example", certificateAuthority: "YQ==" });

  const config = new KubeConfig();
  config.loadFromString(text);

  expect(config.getCurrentContext()).toBe("acme");
  expect(config.getCurrentCluster()).toMatchObject({ server: "https://acme.example", caData: "YQ==" });
  expect(config.getCurrentUser()?.exec).toMatchObject({
    apiVersion: "client.authentication.k8s.io/v1beta1",
    command: "aws",
    args: expect.arrayContaining(["--region", "eu-west-1", "--cluster-name", "acme"]),
  });
  expect(config.getCurrentUser()).not.toHaveProperty("token", expect.any(String));
});
