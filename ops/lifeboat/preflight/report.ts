import { table, wrapped } from "../../drill/tables";
import { fits, type PreflightReport } from "./preflight";

const DETAIL_WIDTH = 60;
const NUMBERS = [1, 2, 3];

/** Quotas are no capacity: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/capacity-reservation-overview.html */
const NO_PROMISE =
  "What fits is allowed, not promised: when a whole region fails, others ask for the same capacity. Only what runs already, or is reserved\n(On-Demand Capacity Reservations, a warm cluster, the standing replica), is there for certain.";

export const renderPreflight = (report: PreflightReport): string => {
  const rows = report.lines.map(({ what, need, used, limit, verdict, detail }) => [
    wrapped(what, 40),
    need,
    used,
    limit,
    verdict === "short" ? "DOES NOT FIT" : verdict,
    wrapped(detail, DETAIL_WIDTH),
  ]);
  const counted = (verdict: string): number => report.lines.filter((line) => line.verdict === verdict).length;
  return [
    `A recovery of ${report.system} in ${report.region}`,
    table(["what", "need", "used", "limit", "verdict", ""], rows, NUMBERS),
    `${counted("fits")} fit, ${counted("short")} do not, ${counted("unknown")} are unknown.`,
    NO_PROMISE,
  ].join("\n");
};

export const preflightJson = (report: PreflightReport): string => `${JSON.stringify({ ...report, fits: fits(report) }, null, 2)}\n`;
