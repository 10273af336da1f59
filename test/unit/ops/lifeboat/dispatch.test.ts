import type { Command, CommandIo } from "../../../../ops/lifeboat/command";
import { dispatch } from "../../../../ops/lifeboat/dispatch";

const given = () => {
  const said: string[] = [];
  const ran: (readonly string[])[] = [];
  const io: CommandIo = {
    out: (text) => void said.push(text),
    environment: {},
    projectDir: "/",
    now: () => new Date(0),
    signal: new AbortController().signal,
  };
  const command = (name: string, code: number): Command => ({
    name,
    summary: `summary of ${name}`,
    usage: `usage of ${name}`,
    run: async (argv) => {
      ran.push(argv);
      return code;
    },
  });
  return { io, said, ran, commands: [command("one", 0), command("another", 7)] };
};

test("the named command gets the rest of the arguments, and its exit code is the answer", async () => {
  const { commands, io, ran } = given();

  expect(await dispatch(commands, ["another", "--json", "x"], io)).toBe(7);
  expect(ran).toEqual([["--json", "x"]]);
});

test.each([
  [[], 1],
  [["--help"], 0],
  [["-h"], 0],
  [["help"], 0],
])("%j lists the commands", async (argv, code) => {
  const { commands, io, said, ran } = given();

  expect(await dispatch(commands, argv, io)).toBe(code);
  expect(said.join("")).toMatch(/one +summary of one\n {2}another +summary of another\n$/);
  expect(ran).toEqual([]);
});

test("a command's --help says how it is used, and runs nothing", async () => {
  const { commands, io, said, ran } = given();

  expect(await dispatch(commands, ["one", "--check", "--help"], io)).toBe(0);
  expect(said).toEqual(["one: summary of one\nusage of one\n"]);
  expect(ran).toEqual([]);
});

test("an unknown command is refused with those that there are", async () => {
  const { commands, io } = given();

  await expect(dispatch(commands, ["two"], io)).rejects.toThrow("There is no such command. Received: two. Allowed: one, another.");
});
