import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { readProd } from "../../../infra/config/read";
import { jobsPlace } from "../../../infra/stacks/prodJobs";
import { committed } from "../../unit/infra/config/stackFiles";
import { known, run } from "../cluster/program";

const configuration = readProd(committed("prod"));
const { namespace } = configuration.clusters.primary;
const CONTEXT = "acme-primary";

const placeFor = (primaryName: string | undefined) => {
  let provider: k8s.Provider | undefined;
  const kubernetes = () => {
    provider ??= new k8s.Provider("k8s", { context: CONTEXT });
    return provider;
  };
  const whole = new pulumi.ComponentResource("test:index:Whole", "whole");
  const clusters = { kubernetes, ...(primaryName === undefined ? {} : { primaryName }) };
  return jobsPlace({ configuration, clusters, whole, topicArn: "arn:topic", recovery: {} });
};

it("is a namespace beside Chroma's, made by the first job for all of them", async () => {
  const { recording, made } = await run(() => {
    const place = placeFor("acme");
    return [place(), place()];
  });

  expect(recording.all("kubernetes:core/v1:Namespace").map(({ inputs, place }) => [inputs, place])).toEqual([
    [expect.objectContaining({ metadata: { name: `${namespace}-jobs` } }), CONTEXT],
  ]);
  expect(await Promise.all(made.map(({ cluster }) => known(pulumi.output(cluster.namespace))))).toEqual(
    made.map(() => `${namespace}-jobs`),
  );
});

it("is not made for nobody", async () => {
  const { recording } = await run(() => void placeFor("acme"));

  expect(recording.all("kubernetes:core/v1:Namespace")).toEqual([]);
});

it("needs the cluster's name in EKS", async () => {
  const { made } = await run(() => placeFor(undefined));

  expect(made).toThrow(/needs the name that its cluster has in EKS.*Set clusters.primary.name/);
});
