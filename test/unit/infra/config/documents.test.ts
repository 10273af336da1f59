import { readProd } from "../../../../infra/config/read";
import { committed } from "./stackFiles";

const withDocuments = (documents: unknown, vault?: unknown) =>
  readProd({
    ...committed("prod"),
    documents: JSON.stringify(documents),
    ...(vault === undefined ? {} : { vault: JSON.stringify(vault) }),
  });

describe("the documents' configuration", () => {
  test("has defaults for everything: 30 days and a year, hourly, daily", () => {
    const { documents } = withDocuments({});

    expect(documents).toMatchObject({
      noncurrentDays: 30,
      recoveryNoncurrentDays: 365,
      comparison: { schedule: { intervalSeconds: 3600 }, rotationRuns: 168, staleAfter: 86_400 },
      inventory: "daily",
      renewals: { intervalSeconds: 86_400 },
      tiers: "automatic",
    });
    expect(documents.prices.readOn).toMatch(/^\d{4}-\d\d-\d\d$/);
  });

  test.each([
    [
      "an alarm on the age of the last comparison that is due before the next one",
      { comparison: { schedule: "rate(1 day)", staleAfter: "12h" } },
      /documents\.comparison\.staleAfter: 12 h is not longer than the 1 d between two comparisons/,
    ],
    [
      "renewals that come too seldom",
      { renewals: "rate(60 days)" },
      /documents\.renewals: every 60 d is less often than the 30 d before a lock's end/,
    ],
    ["prices below nothing", { prices: { standardGbMonth: -1 } }, /documents\.prices\.standardGbMonth/],
  ])("refuses %s", (_name, documents, message) => {
    expect(() => withDocuments(documents)).toThrow(message);
  });
});
