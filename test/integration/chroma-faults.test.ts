import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decodePart } from "../../lambdas/chroma/parquet";
import { sendOverHttp } from "../../lambdas/chroma/send";
import { chromaServer } from "../../lambdas/chroma/server";
import { runStep } from "../../lambdas/chroma-export/steps";
import { noDeadline } from "../../lambdas/shared/deadline";
import { getText, type ObjectStore } from "../../lambdas/shared/objects";
import { waitUntil } from "../../local/process";
import { allParts, CHROMA_EXPORT, manifestKey } from "../../recovery/chroma/manifest";
import type { ChromaRecord } from "../../recovery/chroma/record";
import { furnish, oddRecords, removeRecords, seed, TENANT, updateRecord } from "../support/chroma-data";
import { driveExport } from "../support/chroma-machine";
import { readManifest, SYSTEM } from "../support/chroma-recovery";
import { startTestChroma, type TestChroma } from "../support/chroma-server";
import { tenantsApart } from "../support/chroma-targets";
import { directoryObjects } from "../support/directory-objects";
import { MemoryObjects } from "../support/memory-objects";

const WORKER = join(__dirname, "..", "support", "chroma-piece-worker.ts");
const OUTAGE_MET = { timeoutMs: 30_000, intervalMs: 20, what: "a request meets the outage" };
const EXECUTION = { run: "execution-1", startedAt: "2026-11-24T23:16:45.000Z" };

let server: TestChroma;

beforeAll(async () => {
  server = await startTestChroma();
  await seed(await furnish(chromaServer({ url: server.url })), [
    { name: "articles", space: "l2", records: oddRecords(300, 16, 1) },
    { name: "images", space: "cosine", records: oddRecords(200, 16, 2) },
  ]);
});
afterAll(() => server?.stop());

const toolsWith = (staging: ObjectStore, on = chromaServer({ url: server.url }), pieceRecords = 150) => ({
  ...{ system: SYSTEM, server: on, tenants: [TENANT], staging, pieceRecords, checkDeadline: noDeadline },
  now: () => new Date("2026-11-24T23:20:00.000Z"),
});

/** What an export leaves that nothing disturbed. */
const undisturbed = async (pieceRecords?: number): Promise<string | undefined> => {
  const staging = new MemoryObjects("staging");
  return staging.text(manifestKey(await driveExport(toolsWith(staging, undefined, pieceRecords), EXECUTION)));
};

test("a worker that is killed in the middle of a piece costs that piece: the next call completes the export, as if nothing had been", async () => {
  const directory = await mkdtemp(join(tmpdir(), "lifeboat-staging-"));
  try {
    const staging = directoryObjects(directory);
    // Both collections in one piece: it is killed between them.
    const tools = toolsWith(staging, undefined, 1000);
    const planned = await runStep(tools, { step: "plan", ...EXECUTION });
    const pointId = "pointId" in planned ? planned.pointId : "";
    const worker = spawn(process.execPath, ["--import", "tsx", WORKER, server.url, directory, pointId, "0"], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const ended = once(worker, "exit");
    const [said] = await Promise.race([once(worker.stdout, "data"), ended]);
    worker.kill("SIGKILL");
    expect(await ended).toEqual([null, "SIGKILL"]);
    expect(String(said)).toBe("stored a part\n");
    expect(await getText(staging, manifestKey(pointId))).toBeUndefined();
    await expect(runStep(tools, { step: "finish", pointId })).rejects.toMatchObject({ code: "internal" });

    await driveExport(tools, EXECUTION);

    expect(await getText(staging, manifestKey(pointId))).toBe(await undisturbed(1000));
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});

test("a server that is restarted in the middle is waited for", async () => {
  const staging = new MemoryObjects("staging");
  let pages = 0;
  let restarted: Promise<void> | undefined;
  let refused = 0;
  const restarting = chromaServer({
    url: server.url,
    send: async (request) => {
      if (request.url.endsWith("/get") && request.body?.includes('"embeddings"')) {
        pages += 1;
        // It comes back when a request has met its absence.
        if (pages === 2) restarted = server.restart(() => waitUntil(async () => refused > 0, OUTAGE_MET));
      }
      try {
        return await sendOverHttp(request);
      } catch (error) {
        refused += 1;
        throw error;
      }
    },
  });

  const pointId = await driveExport(toolsWith(staging, restarting), EXECUTION);
  await restarted;

  expect(refused).toBeGreaterThan(0);
  expect(staging.text(manifestKey(pointId))).toBe(await undisturbed());
});

test("records that are written, changed and deleted meanwhile leave a point that is whole: each record once, as it was at some time, all untouched ones", async () => {
  const on = tenantsApart(server.url, "busy");
  const client = await furnish(on);
  const version = (id: number, text: string): ChromaRecord => ({
    ...{ id: `r${id}`, document: text, metadata: `{"text":"${text}"}`, uri: null },
    embedding: Float32Array.of(id, text.length),
  });
  await seed(client, [{ name: "busy", space: "l2", records: Array.from({ length: 900 }, (_, id) => version(id, "old")) }]);
  const id = (await client.collection("busy"))?.id ?? "";
  const staging = new MemoryObjects("staging");
  let isOver = false;
  const writing = (async () => {
    for (let round = 0; !isOver; round += 1) {
      // A third is deleted, one after the other, a third is changed, and new ones come.
      await removeRecords(server.url, id, [`r${(round * 3) % 900}`]);
      await updateRecord(server.url, id, version((round * 3 + 1) % 900, "changed"));
      await client.add(id, [version(1000 + round, "new")]);
    }
  })();

  // Small pages, so that the listing goes on while its order is disturbed.
  const pointId = await driveExport({ ...toolsWith(staging, on), sizes: { idsAtOnce: 90, overlap: 20 } }, EXECUTION).finally(() => {
    isOver = true;
  });
  await writing;

  const manifest = await readManifest(staging, pointId);
  expect(CHROMA_EXPORT.facts(JSON.stringify(manifest)).contradictions).toEqual([]);
  const found: ChromaRecord[] = [];
  for (const { key } of allParts(manifest)) found.push(...(await decodePart((await staging.get(key))?.bytes ?? new Uint8Array())));
  const ids = found.map((record) => record.id);
  expect(new Set(ids).size).toBe(ids.length);
  const untouched = Array.from({ length: 900 }, (_, number) => number).filter((number) => number % 3 !== 0);
  expect(untouched.filter((number) => !ids.includes(`r${number}`))).toEqual([]);
  for (const record of found) expect(record).toEqual(version(Number(record.id.slice(1)), record.document ?? ""));
});
