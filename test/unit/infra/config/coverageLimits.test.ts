import { ageLimits } from "../../../../infra/config/coverageLimits";
import { readProd } from "../../../../infra/config/read";
import { worstCaseLossSeconds } from "../../../../recovery/objectives";
import { committed } from "./stackFiles";

const configuration = readProd(committed("prod"));
const HOUR = 3600;

describe("how old what protects may be", () => {
  it("follows from each store's tier, from the backups' documented lag where that is longer, and from how often the unchanged is exported", () => {
    const limits = ageLimits(configuration);

    expect(limits.documents).toEqual({ seconds: 2 * HOUR, because: "the RPO of tier standard, 1 h, and 1 h" });
    expect(limits.chroma).toEqual({ seconds: 25 * HOUR, because: "the RPO of tier non-critical, 1 d, and 1 h" });
    expect(limits.database).toEqual({ seconds: 1.5 * HOUR, because: "lags.automatedBackups, 30 min, and 1 h" });
    expect(limits.configuration.current.seconds).toBe(2 * HOUR);
    expect(limits.configuration.export.seconds).toBe(30 * 86_400 + 2 * HOUR);
  });

  it("is never less than what a protection that works comes to", () => {
    const limits = ageLimits(configuration);
    const seconds = { postgres: limits.database.seconds, objects: limits.documents.seconds, chroma: limits.chroma.seconds };

    for (const protection of configuration.protections) expect(seconds[protection.store]).toBeGreaterThan(worstCaseLossSeconds(protection));
  });
});
