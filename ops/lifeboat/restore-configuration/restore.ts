import type { RecoveryPoint } from "../../../recovery/catalogue/point";
import type { ConfigurationManifest, FilesContent, RecordsContent } from "../../../recovery/configuration/manifest";
import type { ParameterRecord, SecretRecord } from "../../../recovery/configuration/records";
import { LifeboatError } from "../../../recovery/errors";
import { objectsList } from "./objects";
import { type RestoreConfigurationOptions, USAGE } from "./options";
import { manifestOf, sealedBytes, usablePoint } from "./point";
import type { Made, RestoreConfigurationTools } from "./ports";
import { openedRecords, unknownRecord } from "./records";

export interface RestoredThing {
  readonly name: string;
  readonly outcome: "restored" | "present";
  /** ARN, version or path of what was made; what stands there otherwise. */
  readonly what: string;
  /** What of it is in the point and was not made again. */
  readonly left?: string;
}

export interface RestoredConfiguration {
  readonly subject: string;
  readonly pointId: string;
  readonly asOf: string;
  readonly things: readonly RestoredThing[];
}

/** Makes what a point holds again: secrets and parameters in a region, a bundle or files in a folder. What is there already stays as it is. */
export const restoreConfiguration = async (
  tools: RestoreConfigurationTools,
  options: Pick<RestoreConfigurationOptions, "system" | "pointId" | "only" | "as">,
): Promise<RestoredConfiguration> => {
  const point = await usablePoint(tools.catalogue, options.system, options.pointId);
  const manifest = await manifestOf(tools.vault, point);
  const { subject } = manifest;
  const things = await thingsOf(tools, point, manifest, options);
  if (things.length === 0) throw nothingOf(options.only ?? "", manifest);
  return { subject, pointId: point.pointId, asOf: point.asOf, things };
};

type Choice = Pick<RestoreConfigurationOptions, "only" | "as">;

const thingsOf = async (
  tools: RestoreConfigurationTools,
  point: RecoveryPoint,
  manifest: ConfigurationManifest,
  choice: Choice,
): Promise<readonly RestoredThing[]> => {
  const { content, subject } = manifest;
  switch (content.kind) {
    case "files":
      return restoreFiles(tools, { point, content }, choice);
    case "repository":
      return point.parts.length === 0 ? [] : [await restoreBundle(tools, { point, subject })];
    default:
      if (choice.only !== undefined && !content.records.some(({ name }) => name === choice.only)) return [];
      return content.kind === "objects"
        ? [await restoreObjects(tools, { point, content }, choice)]
        : restoreRecords(tools, { point, content }, choice);
  }
};

interface Sealed {
  readonly point: RecoveryPoint;
  readonly content: RecordsContent;
}

const restoreRecords = async (
  tools: RestoreConfigurationTools,
  { point, content }: Sealed,
  { only, as }: Choice,
): Promise<readonly RestoredThing[]> => {
  const { target, say } = tools;
  const things: RestoredThing[] = [];
  for await (const record of openedRecords(tools, point, content, only)) {
    if (record.kind === "object") throw unknownRecord(record.name);
    const name = as ?? record.name;
    const made = record.kind === "secret" ? await target.secret(record, name) : await target.parameter(record, name);
    say(`${name}: ${made.made ? "restored" : made.present}`);
    things.push({ name, ...outcomeOf(made), ...leftOf(record) });
  }
  return things;
};

/** A file that `kubectl apply` takes, with all objects or one. Which cluster they go to is the operator's to say. */
const restoreObjects = async (
  tools: RestoreConfigurationTools,
  { point, content }: Sealed & { readonly content: { readonly kind: "objects"; readonly namespace: string } },
  { only }: Choice,
): Promise<RestoredThing> => {
  const name = only === undefined ? `${content.namespace}.json` : `${content.namespace}.${only.replaceAll("/", ".")}.json`;
  return written(tools, name, objectsList(openedRecords(tools, point, content, only)));
};

const outcomeOf = (made: Made): Pick<RestoredThing, "outcome" | "what"> =>
  made.made ? { outcome: "restored", what: made.id } : { outcome: "present", what: made.present };

/** A secret is made with its current value: labels of others belong to a rotation that is over. */
const leftOf = (record: SecretRecord | ParameterRecord): Pick<RestoredThing, "left"> => {
  if (record.kind === "parameter") return {};
  const others = record.versions.filter(({ stages }) => !stages.includes("AWSCURRENT")).map(({ stages }) => stages.join("+"));
  const left = [
    ...(others.length === 0 ? [] : [`values labelled ${others.join(", ")}`]),
    ...(record.resourcePolicy === undefined ? [] : ["its resource policy"]),
    ...(record.rotation === undefined ? [] : [`its rotation (${record.rotation.schedule})`]),
    ...(record.kmsKeyId === undefined ? [] : [`its key ${record.kmsKeyId}`]),
  ];
  return left.length === 0 ? {} : { left: left.join("; ") };
};

const restoreFiles = async (
  tools: RestoreConfigurationTools,
  { point, content }: { readonly point: RecoveryPoint; readonly content: FilesContent },
  { only }: Choice,
): Promise<readonly RestoredThing[]> => {
  const things: RestoredThing[] = [];
  for (const { key, part } of content.files) {
    if (only !== undefined && key !== only) continue;
    const sealed = point.parts.find((each) => each.key === part);
    if (sealed === undefined)
      throw new LifeboatError({ code: "point-refused", what: `${part} is not in the entry`, hint: "Take an older point" });
    things.push(await written(tools, key, bytesOf(tools.vault, [sealed])));
  }
  return things;
};

const restoreBundle = async (
  tools: RestoreConfigurationTools,
  { point, subject }: { readonly point: RecoveryPoint; readonly subject: string },
): Promise<RestoredThing> => written(tools, `${subject.slice(subject.lastIndexOf("/") + 1)}.bundle`, bytesOf(tools.vault, point.parts));

const written = async (
  { folder, say }: RestoreConfigurationTools,
  name: string,
  parts: AsyncIterable<Uint8Array>,
): Promise<RestoredThing> => {
  const path = await (folder ?? missingFolder()).write(name, parts);
  say(`${name}: ${path ?? "it is there already"}`);
  return path === undefined ? { name, outcome: "present", what: "a file of this name" } : { name, outcome: "restored", what: path };
};

async function* bytesOf(vault: RestoreConfigurationTools["vault"], parts: RecoveryPoint["parts"]): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield await sealedBytes(vault, part);
}

const missingFolder = (): never => {
  throw new LifeboatError({
    code: "configuration",
    what: "This point holds files, and nobody said where they go",
    received: "no --into",
    allowed: "--into FOLDER",
    hint: USAGE,
  });
};

const nothingOf = (only: string, { content }: ConfigurationManifest): LifeboatError => {
  const names =
    content.kind === "repository"
      ? []
      : content.kind === "files"
        ? content.files.map(({ key }) => key)
        : content.records.map(({ name }) => name);
  return new LifeboatError({
    code: "configuration",
    what: "The point does not hold that",
    received: only === "" ? "everything of a point that holds nothing" : `--only ${only}`,
    allowed: names.length === 0 ? "nothing: it is empty" : names.slice(0, 20).join(", "),
    hint: "An older point may hold it: npm run lifeboat -- points --store configuration",
  });
};
