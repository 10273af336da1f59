import { z } from "zod";
import type { ChromaImportResponse } from "../../../lambdas/chroma-import/events";
import type { CutOverResponse } from "../../../lambdas/cut-over/events";
import type { DocumentsRestoreResponse } from "../../../lambdas/documents-restore/events";
import type { PostgresReadyResponse } from "../../../lambdas/postgres-ready/events";
import type { PromoteResponse } from "../../../lambdas/promote/events";
import { type ResolveResponse, TrialEvent, type TrialResponse } from "../../../lambdas/resolve/events";
import type { ValidateResponse } from "../../../lambdas/validate/events";
import { DatabaseEndpoint, LiveEndpoints } from "../../../recovery/catalogue/standing";
import { POINT, POINT_KEY } from "./catalogue";
import { SYSTEM } from "./prod";
import type { World } from "./world";

const SHA = "a".repeat(64);
const AT = "2026-11-24T12:00:00.000Z";
const Event = z.object({
  recoveryId: z.string(),
  mode: z.enum(["drill", "failover"]).default("drill"),
  database: z.enum(["promotion", "restore"]).default("restore"),
  targetBucket: z.string().default(""),
  chromaUrl: z.string().default(""),
  documentsBucket: z.string().default(""),
  postgres: DatabaseEndpoint.optional(),
});

type Planned = NonNullable<ResolveResponse["stores"]["postgres"]>;

export const PLANNED_DATABASE: Extract<Planned, { method: "restore" }> = {
  method: "restore",
  automatedBackupsArn: "arn:aws:rds:eu-west-1:123456789012:auto-backup:ab-replicated",
  sourceResourceId: "db-SOURCE",
  engineVersion: "15.10",
  asOf: "2026-11-24T11:58:03.000Z",
  window: { earliest: "2026-11-01T00:00:00.000Z", latest: "2026-11-24T11:58:03.400Z" },
};

const PLANNED_PROMOTION: Planned = {
  ...{ method: "promotion", instance: "acme-postgres-replica", resourceId: "db-REPLICA", engineVersion: "15.10", lagSeconds: 2 },
  asOf: "2026-11-24T11:59:58.000Z",
};

const storesOf = (database: "promotion" | "restore"): ResolveResponse["stores"] => ({
  postgres: database === "promotion" ? PLANNED_PROMOTION : PLANNED_DATABASE,
  chroma: {
    pointId: POINT.pointId,
    entryKey: POINT_KEY,
    entrySha256: SHA,
    manifestKey: POINT.manifest.key,
    manifestVersionId: POINT.manifest.versionId,
    manifestSha256: SHA,
    asOf: POINT.asOf,
    windowFinishedAt: POINT.window.finishedAt,
    records: 5,
    passedOver: [],
  },
});

/** What a trial finds, beside what is always the same in it; or how it fails. */
export type TrialAnswer = Partial<Pick<TrialResponse, "refused" | "pinned">> | (() => never);

const tried = (event: unknown, answer: TrialAnswer): TrialResponse => {
  const { database } = TrialEvent.parse(event).trial;
  if (typeof answer === "function") return answer();
  const found = { stores: answer.refused === undefined ? storesOf(database) : {}, refused: [], pinned: [], ...answer };
  return { schema: "lifeboat/recovery-trial/1", system: SYSTEM, triedAt: AT, ...found };
};

const plan = (event: unknown): ResolveResponse => {
  const { recoveryId, mode, database } = Event.parse(event);
  return {
    ...{ schema: "lifeboat/recovery-plan/1", system: SYSTEM, recoveryId, mode, strategy: "latest", resolvedAt: AT, skewSeconds: 0 },
    stores: storesOf(database),
  };
};

const imported = (event: unknown): ChromaImportResponse => ({
  ...{ schema: "lifeboat/recovery-result/1", system: SYSTEM, recoveryId: Event.parse(event).recoveryId, store: "chroma" },
  ...{ pointId: POINT.pointId, startedAt: AT, importedAt: AT, verifiedAt: AT, firstQueryAt: AT, records: 5, checks: [], passed: true },
});

const promoted = (event: unknown): PromoteResponse => {
  const { recoveryId, endpoint } = z.object({ recoveryId: z.string(), endpoint: DatabaseEndpoint }).parse(event);
  return {
    ...{
      schema: "lifeboat/promotion/1",
      system: SYSTEM,
      recoveryId,
      instance: "acme-postgres-replica",
      resourceId: "db-REPLICA",
      endpoint,
    },
    ...{ startedAt: AT, promotedAt: AT, settledAt: AT },
  };
};

const usable = (event: unknown): PostgresReadyResponse => {
  const { recoveryId, endpoint } = z.object({ recoveryId: z.string(), endpoint: DatabaseEndpoint }).parse(event);
  return {
    ...{ schema: "lifeboat/postgres-result/1", system: SYSTEM, recoveryId, store: "postgres", endpoint, serverVersion: "15.10" },
    ...{ startedAt: AT, connectedAt: AT, recoveryEndedAt: AT, usableAt: AT, tables: 4, checks: [], passed: true },
  };
};

const restored = (event: unknown): DocumentsRestoreResponse => {
  const { recoveryId, targetBucket } = Event.parse(event);
  return {
    ...{ schema: "lifeboat/restored-objects/1", system: SYSTEM, recoveryId, store: "objects", targetBucket },
    ...{ asOf: AT, startedAt: AT, finishedAt: AT, objects: 3, sizeBytes: 3, alreadyThere: 0, checks: [], passed: true },
  };
};

const validated =
  (passed: boolean) =>
  (event: unknown): ValidateResponse => {
    const { recoveryId, chromaUrl, documentsBucket, postgres } = Event.parse(event);
    return {
      ...{ schema: "lifeboat/validation/1", system: SYSTEM, recoveryId, chromaUrl, documentsBucket, postgres, passed },
      ...{ startedAt: AT, finishedAt: AT },
      checks: [{ name: "records of chunks", expected: "5", actual: passed ? "5" : "4", passed }],
      ...{ brokenReferences: [], brokenCount: 0, lossReferences: [], lossCount: 0 },
    };
  };

const cutOver = (event: unknown): CutOverResponse => {
  const { recoveryId, endpoints } = z.object({ recoveryId: z.string(), endpoints: LiveEndpoints }).parse(event);
  return { recoveryId, endpoints, cutOverAt: AT, previous: null };
};

/** The functions of a recovery; the validation passes or fails. */
export const answersOf = ({
  validation,
  trial = {},
}: {
  readonly validation: "passes" | "fails";
  readonly trial?: TrialAnswer;
}): NonNullable<World["answers"]> => ({
  resolve: (event) => ("trial" in event ? tried(event, trial) : plan(event)),
  "chroma-import": imported,
  promote: promoted,
  "postgres-ready": usable,
  "documents-restore": restored,
  validate: validated(validation === "passes"),
  "cut-over": cutOver,
});
