import * as z from "zod";
import { LifeboatError } from "../../../recovery/errors";
import { restoreCommandWith } from "../../lifeboat/restore";
import { connectRestore } from "../../lifeboat/restore/aws";
import { type DrillContext, told } from "../context";
import { REGIONS, SYSTEM } from "../profile";

const Time = z.iso.datetime().transform((text) => new Date(text));

/** What the command printed, as far as the drill reads it. */
const CommandResult = z.object({
  instance: z.string(),
  resourceId: z.string(),
  restoredFrom: z.string(),
  restoredTo: Time,
  place: z.object({ host: z.string(), port: z.number() }),
  proof: z.object({ usableAt: Time, checks: z.array(z.object({ name: z.string(), passed: z.boolean() })) }),
  times: z.object({ askedAt: Time, availableAt: Time, provenAt: Time, removedAt: Time, renamedAt: Time }),
  replication: z.object({ state: z.string(), arn: z.string().optional() }),
  todo: z.array(z.object({ why: z.string(), lines: z.array(z.string()) })),
});
type CommandResult = z.infer<typeof CommandResult>;

export interface CommandRun {
  readonly code: number;
  readonly result: CommandResult;
}

/** `npm run lifeboat -- restore-in-region`, as the user that deploys `prod`. */
export const restoreByCommand = (context: DrillContext): Promise<CommandRun> =>
  told(
    context.progress,
    "npm run lifeboat -- restore-in-region",
    async (step) => {
      const { code, printed } = await runCommand(context, (line) => step.update(line));
      return { code, result: CommandResult.parse(JSON.parse(printed)) };
    },
    ({ code, result: { restoredTo } }) => `restored to ${restoredTo.toISOString()}, exit code ${code}`,
  );

/** Run again when it is done it changes nothing, and says so. */
export const restoreAgain = async (context: DrillContext): Promise<{ readonly code: number; readonly resourceId: string }> => {
  const { code, printed } = await runCommand(context, () => undefined);
  return { code, ...CommandResult.pick({ resourceId: true }).parse(JSON.parse(printed)) };
};

const POLL_MS = 200;

const runCommand = async (
  { aws, projectDir, now, signal }: DrillContext,
  say: (line: string) => void,
): Promise<{ readonly code: number; readonly printed: string }> => {
  const { accessKeyId, secretAccessKey } = aws.users.prod;
  const access = { endpoint: aws.gateway.url, credentials: { accessKeyId, secretAccessKey } };
  const command = restoreCommandWith((options, ways) => connectRestore(options, { ...ways, access, pollMs: POLL_MS }), say);
  const argv = ["--system", SYSTEM, "--region", REGIONS.primary, "--recovery-region", REGIONS.recovery, "--json"];
  let printed = "";
  const out = (text: string): void => {
    printed += text;
  };
  const code = await command.run(argv, { out, environment: { NODE_EXTRA_CA_CERTS: aws.rds.caFile }, projectDir, now, signal });
  if (printed !== "") return { code, printed };
  throw new LifeboatError({ code: "internal", what: "restore-in-region printed nothing", hint: "Read engine.log in the run's folder" });
};
