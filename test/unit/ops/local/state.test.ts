import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { clearAll } from "../../../../ops/local/cleaning";
import { clearHome, type Home, homeOf, LOGS, openHome, removeHome } from "../../../../ops/local/home";
import { readEnding, readState, writeEnding, writeState } from "../../../../ops/local/state";
import { newHome, state } from "./fixtures";

describe("the state", () => {
  let home: Home;
  beforeEach(() => {
    home = newHome();
  });
  afterEach(() => rmSync(home.directory, { recursive: true }));

  test("is read as it was written; what holds secrets is its owner's only", async () => {
    await writeState(home, state);

    expect(await readState(home)).toEqual(state);
    expect(JSON.parse(readFileSync(home.credentials, "utf8"))).toEqual(state.users);
    for (const file of [home.state, home.credentials]) expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test.each(["", "{", '{"schema":"lifeboat/local-state/0"}'])("that is %j is none", async (text) => {
    writeFileSync(home.state, text);

    expect(await readState(home)).toBeUndefined();
  });

  test("an ending says when and why", async () => {
    await writeEnding(home, new Date("2026-11-26T10:15:00Z"), "it was stopped by SIGTERM");

    expect(await readEnding(home)).toMatchObject({ at: "2026-11-26T10:15:00.000Z", reason: "it was stopped by SIGTERM" });
  });

  test("clearing takes everything but the lock and what is to be kept", async () => {
    await writeState(home, state);
    await writeEnding(home, new Date(0), "why");
    for (const file of [home.lock, home.log, join(home.directory, "kubeconfig")]) writeFileSync(file, "");

    await clearHome(home, LOGS);

    expect(await readState(home)).toBeUndefined();
    expect((await readEnding(home))?.reason).toBe("why");
    expect(readFileSync(home.lock, "utf8")).toBe("");
    expect(() => statSync(home.credentials)).toThrow("ENOENT");
    expect(() => statSync(join(home.directory, "kubeconfig"))).toThrow("ENOENT");
  });
});

describe("the home's directory", () => {
  const parent = mkdtempSync(join(tmpdir(), "lifeboat-local-unit-"));
  afterAll(() => rmSync(parent, { recursive: true }));
  const at = (name: string): Home => homeOf("/nowhere", { LIFEBOAT_LOCAL_DIR: join(parent, name) });

  test("is made, known again, and taken away when nothing else is in it", async () => {
    const home = at("new/one");

    await openHome(home);
    writeFileSync(home.state, "");
    await openHome(home);
    await removeHome(home);
    expect(readdirSync(home.directory)).toContain("state.json");

    await clearHome(home, []);
    await removeHome(home);
    expect(existsSync(home.directory)).toBe(false);
  });

  test("that holds something else is refused, and left as it is", async () => {
    const home = at("documents");
    mkdirSync(home.directory);
    for (const name of ["a", "b", "c", "d"]) writeFileSync(join(home.directory, name), name);

    await expect(openHome(home)).rejects.toThrow(
      /holds something else\. Received: \S+documents with a, b, c and 1 more\. Allowed: a new or an empty/,
    );
    expect(readdirSync(home.directory)).toEqual(["a", "b", "c", "d"]);
  });

  test.each([
    ["the databases' own goes too", "lifeboat-rds-unit-test", true],
    ["any other stays", "lifeboat-unit-test-other", false],
  ])("of the temporary directories outside it, %s: %s", async (_, name, goes) => {
    const home = at(name);
    const outside = join(tmpdir(), name);
    mkdirSync(join(outside, "tls"), { recursive: true });
    await openHome(home);
    await writeState(home, { ...state, caFile: join(outside, "tls", "ca.pem") });

    await clearAll(home, []);

    expect(existsSync(outside)).toBe(!goes);
    rmSync(outside, { recursive: true, force: true });
  });
});

test("the home is in the checkout, or where a person says", () => {
  expect(homeOf("/checkout", {}).directory).toBe("/checkout/.lifeboat/local");
  expect(homeOf("/checkout", { LIFEBOAT_LOCAL_DIR: "" }).directory).toBe("/checkout/.lifeboat/local");
  expect(homeOf("/checkout", { LIFEBOAT_LOCAL_DIR: "/elsewhere" }).directory).toBe("/elsewhere");
});
