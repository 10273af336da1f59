import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeOwned, makeRoot, serverAccount } from "../../../../../local/rds/postgres/account";
import { createLayout } from "../../../../../local/rds/postgres/layout";

const root = mkdtempSync(join(tmpdir(), "lifeboat-account-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const asRoot = process.getuid?.() === 0 ? test : test.skip;

test("a person's servers run as that person, wherever the data is", async () => {
  const account = await serverAccount(false);
  const wanted = join(root, "person", "data");
  mkdirSync(join(root, "person"), { mode: 0o700 });

  expect(account).toEqual({});
  expect(await makeRoot(wanted, account)).toEqual({ root: wanted, temporary: false });
});

asRoot("root's servers run as another user", async () => {
  const { uid, gid } = await serverAccount();

  expect([uid, gid]).toEqual([expect.any(Number), expect.any(Number)]);
  expect(uid).not.toBe(0);
});

asRoot("data that this user cannot reach is kept in a temporary directory, which it owns", async () => {
  const account = await serverAccount();
  chmodSync(root, 0o755);
  const open = join(root, "open");
  const closed = join(root, "closed");
  mkdirSync(open, { mode: 0o755 });
  mkdirSync(closed, { mode: 0o700 });

  const reachable = await makeRoot(join(open, "new", "data"), account);
  const unreachable = await makeRoot(join(closed, "data"), account);
  rmSync(unreachable.root, { recursive: true });

  expect(reachable).toEqual({ root: join(open, "new", "data"), temporary: false });
  expect(statSync(reachable.root).uid).toBe(account.uid);
  expect(unreachable).toEqual({ root: expect.stringContaining(join(tmpdir(), "lifeboat-rds-")), temporary: true });
});

asRoot("every directory that is missing is made as this user's own", async () => {
  const account = await serverAccount();
  const base = mkdtempSync(join(root, "owned-"));

  makeOwned(base, join(base, "a", "b"), account);
  makeOwned(base, join(base, "a", "b", "c"), account);

  expect(["a", "a/b", "a/b/c"].map((path) => statSync(join(base, path)).uid)).toEqual(Array(3).fill(account.uid));
});

test("all of a region is below one directory, and no name leads out of it", () => {
  const layout = createLayout("/data");
  const region = layout.region("us-east-1");

  for (const place of [layout.server, layout.recovering, layout.chain, layout.snapshot]) {
    expect(place("us-east-1", "rds:app-2025")).toMatch(new RegExp(`^${region}/[a-z]+/rds:app-2025$`));
    expect(() => place("us-east-1", "../eu-west-1")).toThrow(/cannot be kept/);
  }
});
