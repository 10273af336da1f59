import { kubernetesExport, kubernetesFailures } from "../../../../infra/config/configurationKubernetes";
import { readProd } from "../../../../infra/config/read";
import { messageOf } from "../../../../recovery/errors";
import { existing } from "../../../infra/cluster/existing";
import { changed, committed } from "./stackFiles";

const REPOSITORY = { name: "shop", url: "https://git.example/shop.git" };

const failureOf = (configuration: unknown): string => {
  try {
    readProd(changed("prod", { configuration }));
    return "no failure";
  } catch (error) {
    return messageOf(error);
  }
};

describe("the configuration's values", () => {
  test("have defaults, with which Lifeboat's own secrets are exported", () => {
    const { configuration } = readProd(changed("prod", { configuration: undefined }));

    expect(configuration).toMatchObject({
      tier: "standard",
      schedule: { intervalSeconds: 300 },
      alarmAt: 2700,
      refresh: 2_592_000,
      refreshUnproven: 1800,
      stateBuckets: [],
      git: "off",
    });
  });

  test("committed are those of a system with a repository and a mirror", () => {
    const { git } = readProd(committed("prod")).configuration;

    expect(git).toMatchObject({ every: 300, repositories: [{ name: "acme", lfs: "refused", mirror: { alarmAt: 3600 } }] });
  });

  test.each([
    ["an alarm after the objective", { alarmAt: "61m" }, "configuration.alarmAt: 61 min comes after the RPO of 1 h"],
    ["a schedule that cannot meet it", { schedule: "rate(1 hour)" }, 'cannot meet the RPO of tier "standard"'],
    ["runs that cannot meet it", { git: { repositories: [REPOSITORY], timeLimit: "50m" } }, 'cannot meet the RPO of tier "standard"'],
    [
      "an alarm that rings at every change",
      { alarmAt: "24m" },
      "configuration.schedule and the replication's lag, 25 min: it would page at every change",
    ],
    [
      "one of a repository too",
      { alarmAt: "45m", git: { repositories: [REPOSITORY], every: "20m", timeLimit: "10m" } },
      "configuration.git.every and the replication's lag, 55 min",
    ],
    [
      "a second export of what is on its way",
      { refreshUnproven: "15m" },
      "configuration.refreshUnproven: 15 min is not more than the replication's lag",
    ],
    ["a tier that there is not", { tier: "gold" }, 'configuration.tier: "gold" is not a tier'],
    ["minutes that do not divide an hour", { git: { repositories: [REPOSITORY], every: "7m" } }, "configuration.git.every: 7 min"],
    ["two repositories of one name", { git: { repositories: [REPOSITORY, REPOSITORY] } }, '"shop" names two of them'],
    [
      "ssh without a server's key",
      { git: { repositories: [{ name: "a", url: "ssh://git@git.example/a.git" }] } },
      "no server's key is known",
    ],
    [
      "credentials in a URL",
      { git: { repositories: [{ name: "a", url: "https://me:secret@git.example/a.git" }] } },
      "a URL without credentials",
    ],
    ["a URL that runs a command", { git: { repositories: [{ name: "a", url: "ext::sh -c id" }] } }, "a URL such as"],
    ["a mirror of itself", { git: { repositories: [{ ...REPOSITORY, mirror: { url: REPOSITORY.url } }] } }, '"shop" is its own mirror'],
  ])("refuse %s", (_what, configuration, failure) => {
    expect(failureOf(configuration)).toContain(failure);
  });
});

describe("the namespaces that are exported", () => {
  const exported = (changes: Parameters<typeof changed>[1]) => kubernetesExport(readProd(changed("prod", changes)));
  const { clusters } = readProd(committed("prod"));
  const nameless = { ...existing(clusters.primary), name: undefined };

  test("are those that were named", () => {
    expect(exported({ configuration: { kubernetes: { namespaces: ["shop", "shop", "jobs"] } } })).toEqual({
      clusterName: "acme-us-east-1",
      namespaces: ["shop", "jobs"],
    });
  });

  test("else those that Lifeboat makes: that of the jobs where there are some", () => {
    expect(exported({ configuration: {} })?.namespaces).toEqual(["acme-chroma", "acme-chroma-jobs"]);
    expect(exported({ configuration: {}, postgres: { alarmAt: "10m" } })?.namespaces).toEqual(["acme-chroma"]);
  });

  test("are none where that is off, and of a cluster without a name in EKS, which has to have one where they are named", () => {
    expect(exported({ configuration: { kubernetes: "off" } })).toBeUndefined();
    expect(kubernetesExport({ ...readProd(committed("prod")), clusters: { primary: nameless } })).toBeUndefined();
    expect(kubernetesFailures({ configuration: { kubernetes: { namespaces: ["a"] } }, clusters: { primary: nameless } })).toEqual([
      expect.stringContaining("clusters.primary.name"),
    ]);
    expect(kubernetesFailures({ configuration: {}, clusters: { primary: nameless } })).toEqual([]);
  });

  test.each([["Shop"], ["a/b"], [""]])("%p is no namespace", (name) => {
    expect(failureOf({ kubernetes: { namespaces: [name] } })).toContain("configuration.kubernetes");
  });
});
