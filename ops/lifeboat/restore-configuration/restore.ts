import type { RecoveryPoint } from "../../../recovery/catalogue/point";
import { openRecord, recordsOf } from "../../../recovery/configuration/envelope";
import type { ConfigurationManifest, FilesContent, RecordsContent } from "../../../recovery/configuration/manifest";
import { ConfigurationRecord } from "../../../recovery/configuration/records";
import { LifeboatError } from "../../../recovery/errors";
import { type RestoreConfigurationOptions, USAGE } from "./options";
import { manifestOf, sealedBytes, usablePoint } from "./point";
import type { Made, RestoreConfigurationTools } from "./ports";

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
  const { content, subject } = manifest;
  const things =
    content.kind === "secrets" || content.kind === "parameters"
      ? await restoreRecords(tools, { point, manifest, content }, options)
      : content.kind === "files"
        ? await restoreFiles(tools, { point, content }, options)
        : point.parts.length === 0
          ? []
          : [await restoreBundle(tools, { point, subject })];
  if (things.length === 0) throw nothingOf(options.only ?? "", manifest);
  return { subject, pointId: point.pointId, asOf: point.asOf, things };
};

type Choice = Pick<RestoreConfigurationOptions, "only" | "as">;

const restoreRecords = async (
  { vault, openDataKey, target, say }: RestoreConfigurationTools,
  {
    point,
    manifest,
    content,
  }: { readonly point: RecoveryPoint; readonly manifest: ConfigurationManifest; readonly content: RecordsContent },
  { only, as }: Choice,
): Promise<readonly RestoredThing[]> => {
  if (only !== undefined && !content.records.some(({ name }) => name === only)) return [];
  const dataKey = await openDataKey(content.envelope);
  const things: RestoredThing[] = [];
  for (const part of point.parts)
    for (const sealed of recordsOf(await sealedBytes(vault, part))) {
      if (only !== undefined && sealed.name !== only) continue;
      const record = recordOf(
        openRecord(dataKey, { pointId: manifest.pointId, kind: content.kind, name: sealed.name }, sealed),
        sealed.name,
      );
      const name = as ?? record.name;
      const made = record.kind === "secret" ? await target.secret(record, name) : await target.parameter(record, name);
      say(`${name}: ${made.made ? "restored" : made.present}`);
      things.push({ name, ...outcomeOf(made), ...leftOf(record) });
    }
  return things;
};

const outcomeOf = (made: Made): Pick<RestoredThing, "outcome" | "what"> =>
  made.made ? { outcome: "restored", what: made.id } : { outcome: "present", what: made.present };

// A parser's message would quote the value.
const recordOf = (text: string, name: string): ConfigurationRecord => {
  try {
    return ConfigurationRecord.parse(JSON.parse(text));
  } catch {
    throw new LifeboatError({
      code: "unsupported",
      what: `The record "${name}" opens to something that this release does not know`,
      hint: "Restore with the release that exported it: its git commit is in your repository's backup",
    });
  }
};

/** A secret is made with its current value: labels of others belong to a rotation that is over. */
const leftOf = (record: ConfigurationRecord): Pick<RestoredThing, "left"> => {
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
  { vault, folder, say }: RestoreConfigurationTools,
  { point, content }: { readonly point: RecoveryPoint; readonly content: FilesContent },
  { only }: Choice,
): Promise<readonly RestoredThing[]> => {
  const into = folder ?? missingFolder();
  const things: RestoredThing[] = [];
  for (const { key, part } of content.files) {
    if (only !== undefined && key !== only) continue;
    const sealed = point.parts.find((each) => each.key === part);
    if (sealed === undefined)
      throw new LifeboatError({ code: "point-refused", what: `${part} is not in the entry`, hint: "Take an older point" });
    const path = await into.write(key, bytesOf(vault, [sealed]));
    say(`${key}: ${path ?? "it is there already"}`);
    things.push(
      path === undefined ? { name: key, outcome: "present", what: "a file of this name" } : { name: key, outcome: "restored", what: path },
    );
  }
  return things;
};

const restoreBundle = async (
  { vault, folder, say }: RestoreConfigurationTools,
  { point, subject }: { readonly point: RecoveryPoint; readonly subject: string },
): Promise<RestoredThing> => {
  const name = `${subject.slice(subject.lastIndexOf("/") + 1)}.bundle`;
  const path = await (folder ?? missingFolder()).write(name, bytesOf(vault, point.parts));
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
    content.kind === "secrets" || content.kind === "parameters"
      ? content.records.map(({ name }) => name)
      : content.kind === "files"
        ? content.files.map(({ key }) => key)
        : [];
  return new LifeboatError({
    code: "configuration",
    what: "The point does not hold that",
    received: only === "" ? "everything of a point that holds nothing" : `--only ${only}`,
    allowed: names.length === 0 ? "nothing: it is empty" : names.slice(0, 20).join(", "),
    hint: "An older point may hold it: npm run lifeboat -- points --store configuration",
  });
};
