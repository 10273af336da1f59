import { setKey } from "../../../../../recovery/catalogue/set";
import { proveInto } from "../../../lambdas/support/vaults";
import { exportAt, hour, prepare, setAt, useProject, writeSet } from "./catalogue";

useProject();

describe("recovery sets", () => {
  test("come first, newest first, with their skew and with what is missing", async () => {
    const { clock, vault, run } = prepare();
    await proveInto(vault, clock.now, exportAt(10));
    for (let number = 3; number < 11; number += 1) await writeSet(vault, setAt(`2026-11-24T${hour(number)}:00:00.000Z`));
    await writeSet(
      vault,
      setAt("2026-11-24T11:00:00.000Z", { missing: [{ store: "chroma", reason: "chroma: no point has been sealed" }] }),
    );
    vault.add(setKey("2026-11-24T11:30:00.000Z", "set-20261124T113000Z-ffff"), "{}");

    const [json, { text }] = [JSON.parse((await run("--json")).text), await run()];

    expect(json.sets).toMatchObject({ more: true, strangers: [{ reason: expect.stringContaining("not authenticated") }] });
    expect(json.sets.sets).toHaveLength(5);
    expect(json.sets.sets[0]).toMatchObject({
      ...{ setId: "set-20261124T110000Z-1a2b", ageSeconds: 3600, skewSeconds: 61 },
      missing: [{ store: "chroma", reason: "chroma: no point has been sealed" }],
    });
    expect(text).toMatch(/recovery sets\n.*\n│ set .*│ postgres as of .*│ missing/);
    expect(text).toMatch(
      /│ set-20261124T110000Z-1a2b │ +1 h │ 1 min 1 s │ 2026-11-24T11:00:00Z │ 2026-11-24T09:59:00Z │ - +│ CHROMA: chroma: no point has been/,
    );
    expect(text.indexOf("recovery sets")).toBeLessThan(text.indexOf("chroma-20261124T100000Z-1a2b"));
  });

  test("are said to be none, and are not looked for where one store is asked for", async () => {
    const { clock, vault, run } = prepare();
    await proveInto(vault, clock.now, exportAt(10));

    expect((await run()).text).toContain("recovery sets: NONE");
    expect(JSON.parse((await run("--json", "--store", "chroma")).text)).not.toHaveProperty("sets");
  });
});
