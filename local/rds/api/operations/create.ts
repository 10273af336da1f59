import { z } from "zod";
import { readIdentifier } from "../../instances/names";
import { serverSettings } from "../../instances/serverSettings";
import { boot } from "../../instances/transitions";
import type { Context, Operation } from "../context";
import { invalidCombination, invalidValue, missingParameter } from "../errors";
import { parseInput, placement, switchedOff, unmonitored } from "../inputs";
import { viewInstance } from "../views/instance";
import { addInstance, mustBeFree } from "./newInstance";
import { chooseEncryption, chooseSettings } from "./placing";

const createInput = z.strictObject({
  ...placement,
  ...switchedOff,
  ...unmonitored,
  DBInstanceIdentifier: z.string(),
  Engine: z.literal("postgres", "only postgres is implemented by the local RDS (local/rds)"),
  EngineVersion: z.string().optional(),
  DBName: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9_]{0,62}$/, "must begin with a letter and contain only letters, digits and underscores, 63 at most")
    .optional(),
  MasterUsername: z.string().optional(),
  MasterUserPassword: z.string().optional(),
  PreferredMaintenanceWindow: z.string().optional(),
  StorageEncrypted: z.boolean().optional(),
  KmsKeyId: z.string().optional(),
});

export const createDBInstance: Operation = async (raw, context) => {
  const input = parseInput("CreateDBInstance", createInput, raw);
  const identifier = readIdentifier("DBInstanceIdentifier", input.DBInstanceIdentifier, 63);
  mustBeFree(identifier, context);
  const engineVersion = chooseVersion(input.EngineVersion, context);
  const masterUsername = checkedUsername(input.MasterUsername);
  const masterPassword = checkedPassword(input.MasterUserPassword);
  if (input.AllocatedStorage === undefined) throw missingParameter("AllocatedStorage");
  const encryption = await chooseEncryption(input.StorageEncrypted, input.KmsKeyId, context);
  const settings = await chooseSettings(input, undefined, context);
  const databaseName = input.DBName;
  const instance = addInstance(
    { identifier, settings, encryption, engineVersion, masterUsername, databaseName, tags: input.Tags },
    context,
  );
  boot(instance, context, {
    start: () =>
      context.engine.create({
        ...serverSettings(instance, context),
        masterUsername,
        masterPassword,
        // PostgreSQL always has this one.
        databaseName: databaseName === "postgres" ? undefined : databaseName,
      }),
    category: "creation",
    done: "DB instance created",
    failed: "failed",
  });
  return { DBInstance: viewInstance(instance, context) };
};

/** "15" and the whole version of the binaries are the same; another minor version is not there. */
export const chooseVersion = (asked: string | undefined, { software }: Context): string => {
  const { version } = software;
  if (asked === undefined || asked === version || asked === version.split(".")[0]) return version;
  throw invalidCombination(`Cannot find version ${asked} for postgres. The binaries here are ${version}.`);
};

const checkedUsername = (name: string | undefined): string => {
  if (name === undefined) throw missingParameter("MasterUsername");
  if (!/^[A-Za-z_][A-Za-z0-9_]{0,62}$/.test(name)) {
    throw invalidValue(
      `The parameter MasterUsername is not a valid identifier: ${name}. It must begin with a letter and contain letters, digits and underscores.`,
    );
  }
  if (/^(rdsadmin|rds_.*|pg_.*|admin|root|public|user|postgres_.*)$/i.test(name)) {
    throw invalidValue(`MasterUsername ${name} cannot be used as it is a reserved word used by the engine`);
  }
  return name;
};

export const checkedPassword = (password: string | undefined): string => {
  if (password === undefined) throw missingParameter("MasterUserPassword");
  if (!/^[\x21-\x7e]+$/.test(password) || /[/@"]/.test(password)) {
    throw invalidValue(
      "The parameter MasterUserPassword is not a valid password. Only printable ASCII characters besides '/', '@', '\"', ' ' may be used.",
    );
  }
  if (password.length < 8 || password.length > 128) {
    throw invalidValue(
      `The parameter MasterUserPassword is not a valid password because it is ${password.length < 8 ? "shorter than 8" : "longer than 128"} characters.`,
    );
  }
  return password;
};
