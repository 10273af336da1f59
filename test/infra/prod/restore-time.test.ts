import { CoverageSettings } from "../../../lambdas/coverage/protected";
import { MEASUREMENTS_PREFIX } from "../../../recovery/estimates/measurement";
import { parameterNames } from "../../../recovery/names";
import { policyOf, settingsOf, standingOf, variablesOf } from "../support/deployed";
import { deployedProd, SYSTEM } from "../support/prod";
import type { Recording } from "../support/recording";

let recording: Recording;
beforeAll(async () => {
  recording = await deployedProd();
});

it("tells the functions that look and choose and the commands of a bad day the same objective and the same assumed rate", () => {
  const settings = CoverageSettings.parse(settingsOf(recording, "coverage"));
  expect(variablesOf(recording, "coverage").SETTINGS_FILE).toBe("settings.json");

  expect(settings.chromaRestore).toEqual({
    ...{ tier: "non-critical", rtoSeconds: 86_400, alarmSeconds: 600, clusterSeconds: 0 },
    ...{ assumedRecordsPerSecond: 832, volumeSnapshots: "off" },
  });
  expect(standingOf(recording).chroma.restore).toEqual(settings.chromaRestore);
  expect(JSON.parse(variablesOf(recording, "resolve").CHROMA_RESTORE ?? "")).toEqual(settings.chromaRestore);
});

it("lets an import keep what it measured, and no other function", () => {
  const writers = ["chroma-import", "validate", "resolve", "coverage"].filter((name) =>
    JSON.stringify(policyOf(recording, name)).includes(MEASUREMENTS_PREFIX),
  );

  expect(writers).toEqual(["chroma-import"]);
});

// https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html
it("keeps what stands within the 4 KB of a standard parameter", () => {
  const bytes = Buffer.byteLength(JSON.stringify(standingOf(recording)));

  expect([parameterNames(SYSTEM).standing, bytes < 4096]).toEqual([parameterNames(SYSTEM).standing, true]);
});
