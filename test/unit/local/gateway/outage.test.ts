import { type Call, callsToLostRegion, createCallLog } from "../../../../local/gateway/calls";
import { createOutages, type Reach, regionsNeeded } from "../../../../local/gateway/outage";

const lost = "us-east-1";
const other = "eu-west-1";
const at = (seconds: number): Date => new Date(Date.UTC(2026, 0, 1) + seconds * 1000);

it.each<[string, Reach, string[]]>([
  ["a regional call needs its region", { region: other, class: "regional" }, [other]],
  ["a bucket's home counts, wherever the call is signed for", { region: other, class: "regional", bucketHome: lost }, [other, lost]],
  ["so does the home of a copy's source", { region: other, class: "regional", bucketHome: other, sourceHome: lost }, [other, other, lost]],
  ["a global write needs the control plane", { region: lost, class: "global-write" }, [lost]],
  ["a global read needs nothing", { region: lost, class: "global-read" }, []],
  [
    "a function needs its own region, also for a global read",
    { region: other, class: "global-read", caller: { name: "f", kind: "function", region: lost } },
    [lost],
  ],
  [
    "a person's region is where the call goes",
    { region: other, class: "regional", caller: { name: "deployer", kind: "user", region: lost } },
    [other],
  ],
])("%s", (_, call, regions) => {
  expect(regionsNeeded(call)).toEqual(regions);
});

it("meets the harshest cut, tells of cuts and restorations, and takes a slow region for reachable", () => {
  const events: string[] = [];
  const outages = createOutages(
    { now: () => at(1) },
    { onCut: (cut) => events.push(`cut ${cut.region} ${cut.mode}`), onRestore: (region) => events.push(`restored ${region}`) },
  );

  outages.cut(lost, "delay");
  outages.cut(other);
  outages.restore("eu-west-2");

  expect(outages.of([lost, other])).toMatchObject({ region: other, mode: "refuse", since: at(1) });
  expect([outages.isCut(lost), outages.isCut(other)]).toEqual([false, true]);
  outages.restore(other);
  expect(outages.of([other])).toBeUndefined();
  expect(events).toEqual([`cut ${lost} delay`, `cut ${other} refuse`, `restored ${other}`]);
});

const call = (changes: Partial<Call>): Call => ({
  at: at(10),
  region: other,
  service: "s3",
  operation: "GetObject",
  signed: true,
  class: "regional",
  outcome: "refused",
  ...changes,
});

it("counts what recovery asked of the lost region, attempts included, and leaves its victims out", () => {
  const calls = [
    call({ at: at(1), region: lost }),
    call({ region: lost }),
    call({ bucketHome: lost }),
    call({ sourceHome: lost }),
    call({ bucketHome: other }),
    call({ region: lost, caller: { name: "f", kind: "function", region: lost } }),
    call({ region: lost, service: "iam", class: "global-write" }),
    call({ region: lost, service: "iam", class: "global-read", outcome: "ok" }),
  ];

  const found = callsToLostRegion(calls, lost, { after: at(5) });
  const everybody = callsToLostRegion(calls, lost, { after: at(5), callers: () => true });

  expect(found.regional).toEqual(calls.slice(1, 4));
  expect(found.globalWrites).toEqual([calls[6]]);
  expect(found.globalReads).toEqual([calls[7]]);
  expect(everybody.regional).toHaveLength(4);
});

it("keeps the newest calls and says how many it forgot", () => {
  const log = createCallLog(4);

  for (let index = 0; index < 9; index += 1) log.add(call({ at: at(index), service: index % 2 === 0 ? "s3" : "sqs" }));

  expect(log.all().length + log.forgotten()).toBe(9);
  expect(log.all().at(-1)?.at).toEqual(at(8));
  expect(log.all().length).toBeLessThanOrEqual(4);
  expect(log.since(at(8))).toHaveLength(1);
  expect([...log.countBy((each) => each.service).values()].reduce((a, b) => a + b, 0)).toBe(log.all().length);
});
