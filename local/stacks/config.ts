import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { z } from "zod";
import { LifeboatError, messageOf } from "../../recovery/errors";
import { writeWhole } from "../toolchain/files";

/** A value of a stack's configuration, as YAML has it. */
export type ConfigValue = string | number | boolean | null | readonly ConfigValue[] | { readonly [name: string]: ConfigValue };
export type StackConfig = Readonly<Record<string, ConfigValue>>;

const configValue: z.ZodType<ConfigValue> = z.lazy(() =>
  z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(configValue), z.record(z.string(), configValue)]),
);
const stackFile = z.looseObject({ config: z.record(z.string(), configValue).nullish(), encryptionsalt: z.string().optional() });

export const configFileName = (stack: string): string => `Pulumi.${stack}.yaml`;

const readStackFile = (file: string): z.infer<typeof stackFile> => {
  if (!existsSync(file)) return {};
  try {
    return stackFile.parse(parse(readFileSync(file, "utf8")) ?? {});
  } catch (thrown) {
    throw new LifeboatError({
      code: "configuration",
      what: `${file} is no stack configuration`,
      received: messageOf(thrown),
      hint: "Compare it with https://www.pulumi.com/docs/iac/concepts/config/",
    });
  }
};

/** The committed configuration with the run's values over it; a key of the overlay replaces the whole value. */
export const mergeConfig = (committed: StackConfig, overlay: StackConfig): StackConfig => {
  const merged = { ...committed, ...overlay };
  const sealed = Object.entries(merged).filter(([, value]) => holdsSecret(value));
  if (sealed.length === 0) return merged;
  throw new LifeboatError({
    code: "configuration",
    what: "The committed configuration holds secrets that only the stack they were made for can decrypt",
    received: sealed.map(([key]) => key).join(", "),
    hint: "Give these keys a value of the run's own",
  });
};

const holdsSecret = (value: ConfigValue): boolean => {
  if (value === null || typeof value !== "object") return false;
  if (!Array.isArray(value) && Object.keys(value).length === 1 && "secure" in value) return true;
  return Object.values(value).some(holdsSecret);
};

/** Every text in quotes: the CLI's YAML makes a time of what looks like one. */
const QUOTED = { defaultStringType: "QUOTE_DOUBLE", defaultKeyType: "PLAIN" } as const;

/** Writes the private file that a run gives to the CLI, and keeps the salt that `pulumi stack init` left in it. */
export const writeStackConfig = async (options: {
  readonly stack: string;
  readonly projectDir: string;
  readonly privateDir: string;
  readonly overlay: StackConfig;
}): Promise<string> => {
  const name = configFileName(options.stack);
  const file = join(options.privateDir, name);
  const config = mergeConfig(readStackFile(join(options.projectDir, name)).config ?? {}, options.overlay);
  const { encryptionsalt } = readStackFile(file);
  await writeWhole(file, stringify({ ...(encryptionsalt === undefined ? {} : { encryptionsalt }), config }, QUOTED), 0o600);
  return file;
};
