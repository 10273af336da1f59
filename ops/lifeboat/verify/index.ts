import { LambdaClient } from "@aws-sdk/client-lambda";
import { VerifyResponse } from "../../../lambdas/verify/events";
import { type Progress, silentProgress } from "../../../local/progress";
import { LifeboatError } from "../../../recovery/errors";
import { functionName } from "../../../recovery/names";
import { told } from "../../drill/context";
import { untilAborted } from "../aborted";
import type { Command } from "../command";
import { FUNCTION_TIMEOUT_MS, invoke } from "../invoke";
import type { RecoverySide } from "../place";
import { stderrProgress } from "../progress";
import { readDefaults } from "../strategy/defaults";
import { type Access, connectVault } from "../vault";
import { parseVerifyOptions, USAGE } from "./options";
import { renderVerified, verifiedJson } from "./report";
import { type VerifyTools, verifyPoint } from "./verify";

export interface VerifyConnection extends VerifyTools {
  close(): void;
}

/** Resolves to 0 when the point read back, 1 when it did not. Asks the recovery region only. */
export const verifyCommandWith = (
  connect: (side: RecoverySide) => Promise<VerifyConnection>,
  progress: () => Progress = () => silentProgress,
): Command => ({
  name: "verify",
  summary: "reads one recovery point back now, and shows each comparison",
  usage: USAGE,
  async run(argv, { projectDir, out, signal }) {
    const options = parseVerifyOptions(argv, readDefaults(projectDir));
    const connection = await untilAborted(signal, connect(options));
    try {
      const { pointId, store } = options;
      const verified = await told(
        progress(),
        `Reading ${pointId} back`,
        (step) =>
          untilAborted(
            signal,
            verifyPoint(connection, pointId, store, (detail, fraction) => step.update(detail, fraction)),
          ),
        ({ outcome }) => outcome,
      );
      out(options.json ? verifiedJson(verified) : `${renderVerified(verified)}\n`);
      return verified.passed ? 0 : 1;
    } finally {
      connection.close();
    }
  },
});

export const connectVerify = async (access: Access, side: RecoverySide): Promise<VerifyConnection> => {
  const recovery = await connectVault(access, side);
  const lambda = new LambdaClient({
    ...access,
    region: side.recoveryRegion,
    maxAttempts: 1,
    requestHandler: { requestTimeout: FUNCTION_TIMEOUT_MS },
  });
  const name = recovery.standing.functions.verify ?? functionName(side.system, "verify");
  return {
    ...recovery,
    readAgain: async (entryKey) => {
      const [point] = (await invoke(lambda, name, { again: [entryKey] }, VerifyResponse)).points;
      if (point !== undefined) return point;
      throw new LifeboatError({
        code: "internal",
        what: `${name} answered without a point`,
        hint: "Deploy prod again: it is of another release",
      });
    },
    close: () => {
      lambda.destroy();
      recovery.close();
    },
  };
};

export const verifyCommand: Command = verifyCommandWith((side) => connectVerify({}, side), stderrProgress);
