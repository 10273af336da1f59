import { type ExportFacts, type ExportKind, exportPrefix } from "../../recovery/catalogue/export";
import { LifeboatError, messageOf } from "../../recovery/errors";

/**
 * How far an exporter's clock may be ahead of this region's. A point of the future would be the newest one until then: newer ones would not be chosen, and
 * its lag would be none while exports are missing.
 */
const CLOCK_SKEW_SECONDS = 300;

/** What the manifest of a point says, when it is one that may be sealed. Throws `point-refused` or `short-export` otherwise. */
export const readManifest = (kind: ExportKind, text: string, system: string, pointId: string, now: Date): ExportFacts => {
  const facts = parse(kind, text, pointId);
  const prefix = exportPrefix(kind, pointId);
  const keys = facts.parts.map((part) => part.key);
  if (facts.system !== system || facts.pointId !== pointId)
    throw refused(pointId, `a manifest of ${facts.system}/${facts.pointId}`, `${system}/${pointId}`);
  const foreign = keys.find((key) => !key.startsWith(prefix));
  if (foreign !== undefined) throw refused(pointId, `a part outside the point: ${foreign}`, `keys under ${prefix}`);
  if (new Set(keys).size !== keys.length) throw refused(pointId, "a part that is listed twice", "each part once");
  const latest = new Date(now.getTime() + CLOCK_SKEW_SECONDS * 1000);
  const { startedAt, finishedAt } = facts.window;
  if ([facts.asOf, startedAt, finishedAt].some((time) => Date.parse(time) > latest.getTime()))
    throw refused(
      pointId,
      `an export of ${facts.asOf} that ended at ${finishedAt}`,
      `times until ${latest.toISOString()}: a clock is wrong`,
    );
  if (Date.parse(finishedAt) < Date.parse(startedAt))
    throw refused(pointId, `a window that ends at ${finishedAt}`, `a time after ${startedAt}`);
  if (facts.contradictions.length > 0) throw shortExport(pointId, facts.contradictions);
  return facts;
};

const parse = (kind: ExportKind, text: string, pointId: string): ExportFacts => {
  try {
    return kind.facts(text);
  } catch (error) {
    throw refused(
      pointId,
      `a manifest that cannot be read: ${messageOf(error).replace(/\s+/g, " ").slice(0, 300)}`,
      `the manifest of an export of ${kind.store}`,
    );
  }
};

const refused = (pointId: string, received: string, allowed: string): LifeboatError =>
  new LifeboatError({
    code: "point-refused",
    what: `The point ${pointId} was not sealed`,
    received,
    allowed,
    hint: "See the export's log. The next export makes a new point; keep this one for the inquiry if it was tampered with",
  });

const shortExport = (pointId: string, failures: readonly string[]): LifeboatError =>
  new LifeboatError({
    code: "short-export",
    what: `The point ${pointId} was not sealed: its counts do not agree`,
    received: failures.slice(0, 10).join("; "),
    allowed: "as much written as counted at the source, less what was deleted meanwhile; and numbers that agree with each other",
    hint: "See the export's log: it must have ended early. The next export makes a new point",
  });
