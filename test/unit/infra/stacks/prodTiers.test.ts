import { readProd } from "../../../../infra/config/read";
import { storageTiers } from "../../../../infra/stacks/prodTiers";
import { CLASS_FACTS } from "../../../../recovery/objects/storage-classes";
import { committed } from "../config/stackFiles";

/** Long enough to come back from an archive, and read rarely enough to pay off there. */
const PATIENT = {
  objects: JSON.stringify({ tier: "non-critical" }),
  verify: JSON.stringify({ schedule: "rate(1 hour)", rotationRuns: 2_000 }),
  tiers: JSON.stringify({
    critical: { rpo: "15m", rto: "1h" },
    standard: { rpo: "1h", rto: "4h" },
    "non-critical": { rpo: "1d", rto: "5d" },
  }),
};

test("whatever is kept locked is read by verification as it lies, so nothing is moved where a retrieval comes first", () => {
  const merged = (over: Readonly<Record<string, string>>) => {
    const values = committed("prod");
    return readProd({
      ...values,
      ...Object.fromEntries(
        Object.entries(over).map(([name, text]) => [name, JSON.stringify({ ...JSON.parse(values[name] ?? "{}"), ...JSON.parse(text) })]),
      ),
    });
  };
  const { documents, exports } = storageTiers(merged(PATIENT));
  const chosen = [...documents, ...exports].flatMap(({ choice }) => choice.transitions.map(({ storageClass }) => storageClass));

  expect(documents.length).toBe(1);
  expect(chosen.map((storageClass) => CLASS_FACTS[storageClass].retrievalSeconds)).toEqual(chosen.map(() => 0));
});
