import type { RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb";
import { z } from "zod";

/** A resource as the program asked the engine for it, with the options that Pulumi's own mocks leave out. */
export interface RecordedResource {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly inputs: unknown;
  /** The provider's region, or its Kubernetes context; undefined for what has no provider. */
  readonly place: string | undefined;
  readonly protect: boolean;
  readonly retainOnDelete: boolean;
  readonly ignoreChanges: readonly string[];
  /** URNs of what must be there before: by `dependsOn`, or because an input comes from it. */
  readonly dependencies: readonly string[];
}

export interface RecordedInvoke {
  readonly token: string;
  readonly inputs: unknown;
  readonly place: string | undefined;
}

/** A provider's reference is its URN and its id; the mocks give it the id of its place. */
export const placeOf = (provider: string | undefined): string | undefined =>
  provider === undefined || provider === "" ? undefined : provider.split("::").at(-1);

export const recordedFrom = (urn: string, request: RegisterResourceRequest): RecordedResource => ({
  urn,
  type: request.getType(),
  name: request.getName(),
  inputs: request.getObject()?.toJavaScript() ?? {},
  place: placeOf(request.getProvider()),
  protect: request.getProtect() === true,
  retainOnDelete: request.getRetainondelete() === true,
  ignoreChanges: request.getIgnorechangesList(),
  dependencies: request.getDependenciesList(),
});

/** Everything that a program registered and asked, complete once the program has settled. */
export class Recording {
  readonly resources: RecordedResource[] = [];
  readonly invokes: RecordedInvoke[] = [];
  /** What the program told the person who runs it. */
  readonly messages: string[] = [];

  /** What is not a component: components are only names in the state. */
  custom(): readonly RecordedResource[] {
    return this.resources.filter(({ type }) => !type.startsWith("lifeboat:"));
  }

  /** What somebody's cloud would hold: without the providers too. */
  created(): readonly RecordedResource[] {
    return this.custom().filter(({ type }) => !type.startsWith("pulumi:"));
  }

  /** In the order of their names: registrations run at once and end in any order. */
  all(type: string): readonly RecordedResource[] {
    return this.resources.filter((resource) => resource.type === type).sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  get(type: string, name: string): RecordedResource {
    const found = this.all(type).find((resource) => resource.name === name);
    if (found === undefined) throw new Error(`no ${type} "${name}"; there are ${this.all(type).map((resource) => resource.name)}`);
    return found;
  }

  /** Resources of a type with their inputs, typed by what the test reads of them. */
  typed<T>(type: string, inputs: z.ZodType<T>): readonly (RecordedResource & { readonly args: T })[] {
    return this.all(type).map((resource) => ({ ...resource, args: inputs.parse(resource.inputs) }));
  }
}

const Policy = z.object({
  Statement: z.array(
    z.object({
      Sid: z.string().optional(),
      Effect: z.enum(["Allow", "Deny"]),
      Principal: z.unknown().optional(),
      Action: z.array(z.string()),
      Resource: z.array(z.string()).default([]),
      Condition: z.record(z.string(), z.record(z.string(), z.union([z.string(), z.array(z.string())]))).default({}),
    }),
  ),
});

/** A policy document in its JSON text, as an input has it. */
export const PolicyText = z.string().transform((text) => Policy.parse(JSON.parse(text)).Statement);
