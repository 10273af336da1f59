import { join } from "node:path";
import { LifeboatError } from "../../../recovery/errors";
import { run } from "../../process";
import { isOwnedByEngine } from "../postgres/parameters";

/** A setting of PostgreSQL, as its own binaries describe it. */
export interface ParameterDefinition {
  /** RDS writes all names in lower case. */
  readonly name: string;
  /** PostgreSQL's own spelling, such as `DateStyle`. */
  readonly setting: string;
  readonly description: string;
  readonly dataType: "boolean" | "integer" | "float" | "string";
  /** Static ones wait for a restart. */
  readonly applyType: "static" | "dynamic";
  readonly range?: { readonly min: number; readonly max: number };
  readonly modifiable: boolean;
}

/** What the binaries are. */
export interface Software {
  /** "15.18" */
  readonly version: string;
  /** "postgres15" */
  readonly family: string;
  readonly parameters: ReadonlyMap<string, ParameterDefinition>;
}

/** RDS's own settings that the engine knows. From version 15 on TLS is demanded by default: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/PostgreSQL.Concepts.General.SSL.html */
const own: ParameterDefinition = {
  name: "rds.force_ssl",
  setting: "rds.force_ssl",
  description: "Force SSL connections.",
  dataType: "boolean",
  applyType: "dynamic",
  modifiable: true,
};

/** What the family's default group has, apart from PostgreSQL's own defaults. */
export const systemParameters: Readonly<Record<string, string>> = { [own.name]: "1" };

/** @throws LifeboatError `toolchain` when the binaries do not answer. */
export const readSoftware = async (binDirectory: string): Promise<Software> => {
  const command = join(binDirectory, "postgres");
  const [version, described] = await Promise.all([answerOf(command, "--version"), answerOf(command, "--describe-config")]);
  const number = /\(PostgreSQL\) (\d+)\.(\d+)/.exec(version);
  if (number === null) throw unreadable(`${command} --version`, version);
  const parameters = described.split("\n").flatMap(parseDefinition);
  return {
    version: `${number[1]}.${number[2]}`,
    family: `postgres${number[1]}`,
    parameters: new Map([...parameters, own].map((each) => [each.name, each])),
  };
};

const answerOf = async (command: string, argument: string): Promise<string> => {
  const { code, stdout, stderr } = await run({ command, args: [argument] });
  if (code !== 0) throw unreadable(`${command} ${argument}`, stderr);
  return stdout;
};

const unreadable = (command: string, received: string): LifeboatError =>
  new LifeboatError({
    code: "toolchain",
    what: `${command} did not say what it is`,
    received,
    hint: "Install PostgreSQL's server binaries: apt-get install postgresql",
  });

const dataTypes: Readonly<Record<string, ParameterDefinition["dataType"]>> = {
  BOOLEAN: "boolean",
  INTEGER: "integer",
  REAL: "float",
  STRING: "string",
  ENUM: "string",
};

/** Name, context, group, type, default, least, most, and two descriptions, with tabs between: `src/backend/utils/misc/help_config.c`. */
const parseDefinition = (line: string): readonly ParameterDefinition[] => {
  const [setting = "", context, , type = "", , min, max, description = ""] = line.split("\t");
  const dataType = dataTypes[type];
  if (setting === "" || dataType === undefined) return [];
  const range = min && max ? { min: Number(min), max: Number(max) } : undefined;
  return [
    {
      name: setting.toLowerCase(),
      setting,
      description,
      dataType,
      applyType: context === "postmaster" ? "static" : "dynamic",
      range,
      modifiable: !isOwnedByEngine(setting),
    },
  ];
};
