import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Evidence } from "../../recovery/evidence/evidence";

const PROJECT = resolve(__dirname, "..", "..");
const DRILL = ["--import", "tsx", join(PROJECT, "ops", "drill", "main.ts")];

interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the drill's command; `onOutput` sees all that it has said so far and may signal it. */
const drill = (args: readonly string[], onOutput: (stderr: string, interrupt: () => void) => void = () => undefined): Promise<Finished> =>
  new Promise((done, fail) => {
    const child = spawn(process.execPath, [...DRILL, ...args], { cwd: PROJECT, stdio: ["ignore", "pipe", "pipe"] });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (data: Buffer) => {
      stdout += data.toString();
    });
    child.stderr.on("data", (data: Buffer) => {
      stderr += data.toString();
      onOutput(stderr, () => child.kill("SIGINT"));
    });
    child.once("error", fail);
    child.once("close", (code) => done({ code, stdout, stderr }));
  });

const portOf = (stderr: string): number => Number(/http:\/\/127\.0\.0\.1:(\d+)/.exec(stderr)?.[1]);

const listens = (port: number): Promise<boolean> =>
  new Promise((done) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      done(true);
    });
    socket.once("error", () => done(false));
  });

describe("npm run drill", () => {
  let out: string;

  beforeAll(async () => {
    out = await mkdtemp(join(tmpdir(), "lifeboat-evidence-"));
  });

  afterAll(() => rm(out, { recursive: true, force: true }));

  test("an unknown scenario is refused with those that exist, and nothing is started", async () => {
    const { code, stdout, stderr } = await drill(["--scenario", "meteor"]);

    expect(code).toBe(1);
    expect(stdout).toBe("");
    expect(stderr).toContain("Received: --scenario meteor. Allowed: regional-disaster, data-center-outage, hardware-failure.");
    expect(stderr).not.toContain("Starting");
  });

  test("Ctrl-C stops what was started", async () => {
    let sent = false;
    const { code, stderr } = await drill([], (said, interrupt) => {
      if (sent || !said.includes("pulumi up on prod ...")) return;
      sent = true;
      interrupt();
    });

    expect(stderr).toContain("[interrupted]");
    expect(code).toBe(130);
    expect(await listens(portOf(stderr))).toBe(false);
  }, 120_000);

  test("a region is lost and recovered, with evidence", async () => {
    const { code, stdout, stderr } = await drill(["--json", "--out", out]);

    const printed = Evidence.parse(JSON.parse(stdout));
    const written = Evidence.parse(JSON.parse(await readFile(join(out, "evidence.json"), "utf8")));
    expect({ code, verdict: printed.verdict, failed: printed.checks.filter(({ passed }) => !passed) }).toEqual({
      code: 0,
      verdict: "recovered",
      failed: [],
    });
    expect(written).toEqual(printed);
    expect(printed.primaryRegionCallsAfterDisaster).toBe(0);
    expect(printed.phases.map(({ name }) => name)).toEqual(["decide", "provision", "restore", "hydrate", "verify", "cutOver"]);
    expect(printed.stores.objects?.acknowledgedWrites).toBeGreaterThanOrEqual(1000);
    expect(printed.stores.postgres?.acknowledgedWrites).toBeGreaterThanOrEqual(1000);
    expect(printed.alarms[0]).toMatchObject({ region: "eu-west-1", state: "ALARM" });
    expect(["postgres", "objects"]).toContain(printed.alarms[0]?.store);
    expect(printed.alarms[0]?.runbookUrl).toContain("region-loss");
    expect(printed.parts.filter(({ real }) => !real).length).toBeGreaterThan(0);
    expect(await listens(portOf(stderr))).toBe(false);
  }, 600_000);
});
