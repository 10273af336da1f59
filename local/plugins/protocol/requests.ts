import * as pb from "@pulumi/pulumi/proto/provider_pb";
import type { NameSource } from "./naming";

interface AboutResource {
  getUrn(): string;
  getType(): string;
  getName(): string;
}

/** `urn:pulumi:stack::project::parent$aws:s3/bucket:Bucket::name`; older engines give only this. */
export const typeOf = (request: AboutResource): string => request.getType() || (request.getUrn().split("::")[2]?.split("$").at(-1) ?? "");

export const nameOf = (request: AboutResource): string => request.getName() || (request.getUrn().split("::").slice(3).join("::") ?? "");

const modes = { 0: "propose", 1: "enforce", 2: "disable" } as const;

export function nameSource(request: pb.CheckRequest, random: (sizeBytes: number) => Uint8Array): NameSource {
  const seed = request.getRandomseed();
  const bytes = typeof seed === "string" ? Buffer.from(seed, "base64") : seed;
  const autonaming = request.getAutonaming();
  return {
    logicalName: nameOf(request),
    seed: bytes.length >= 4 ? bytes : random(16),
    proposed: autonaming?.getProposedName(),
    mode: autonaming === undefined ? undefined : modes[autonaming.getMode()],
  };
}

const kinds = {
  add: [pb.PropertyDiff.Kind.ADD, pb.PropertyDiff.Kind.ADD_REPLACE],
  delete: [pb.PropertyDiff.Kind.DELETE, pb.PropertyDiff.Kind.DELETE_REPLACE],
  update: [pb.PropertyDiff.Kind.UPDATE, pb.PropertyDiff.Kind.UPDATE_REPLACE],
} as const;

export function propertyDiff(kind: keyof typeof kinds, replaces: boolean): pb.PropertyDiff {
  const diff = new pb.PropertyDiff();
  diff.setKind(kinds[kind][replaces ? 1 : 0]);
  diff.setInputdiff(true);
  return diff;
}

export const checkFailure = (failure: { readonly property: string; readonly reason: string }): pb.CheckFailure => {
  const result = new pb.CheckFailure();
  result.setProperty(failure.property);
  result.setReason(failure.reason);
  return result;
};
