import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Facts } from "../../../../ops/local/control";
import { type Home, homeOf } from "../../../../ops/local/home";
import { startOf } from "../../../../ops/local/identity";
import type { Holder } from "../../../../ops/local/lock";
import type { State } from "../../../../ops/local/state";

export const newHome = (): Home => homeOf("/nowhere", { LIFEBOAT_LOCAL_DIR: mkdtempSync(join(tmpdir(), "lifeboat-local-unit-")) });

/** This very process as a holder, or a process that is no more. */
export const holder = async (id: string, over: Partial<Holder> = {}): Promise<Holder> => ({
  schema: "lifeboat/local-holder/1",
  id,
  process: { pid: process.pid, started: (await startOf(process.pid)) ?? "" },
  ...over,
});

const stack = (name: string, region: string): State["stacks"]["prod"] => ({
  region,
  stateBucket: `acme-pulumi-state-${name}`,
  backendUrl: `s3://acme-pulumi-state-${name}`,
  configFile: `/home/${name}/Pulumi.${name}.yaml`,
  variables: { PULUMI_STACK: name, AWS_SECRET_ACCESS_KEY: `secret-${name}`, AWS_REGION: region },
});

export const state: State = {
  schema: "lifeboat/local-state/1",
  holderId: "one",
  since: "2026-11-26T10:00:00.000Z",
  system: "acme",
  accountId: "000000000000",
  regions: { primary: "us-east-1", recovery: "eu-west-1" },
  awsUrl: "http://127.0.0.1:1",
  clusters: {
    primary: { url: "http://127.0.0.1:2", context: "lifeboat-us-east-1" },
    recovery: { url: "http://127.0.0.1:3", context: "lifeboat-eu-west-1" },
  },
  kubeconfig: "/home/kubeconfig",
  caFile: "/home/ca.pem",
  path: { before: ["/home/bin"], after: ["/pg/bin"] },
  stacks: { prod: stack("prod", "us-east-1"), dr: stack("dr", "eu-west-1") },
  users: {
    prod: { name: "deploy-prod", accessKeyId: "AKIAPROD", secretAccessKey: "secret-prod" },
    dr: { name: "deploy-dr", accessKeyId: "AKIADR", secretAccessKey: "secret-dr" },
    application: { name: "application", accessKeyId: "AKIAAPP", secretAccessKey: "secret-application" },
  },
};

export const facts = (over: Partial<Facts> = {}): Facts => ({ id: "one", phase: "running", regions: {}, ...over });
