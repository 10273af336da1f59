import type { Progress } from "../../../../local/progress";
import { bothProgress, Message, sentProgress, shownProgress } from "../../../../ops/local/messages";

/** Progress as lines. */
const written = (): { readonly progress: Progress; readonly lines: string[] } => {
  const lines: string[] = [];
  const step = (label: string) => ({
    update: (detail: string, fraction?: number) => void lines.push(`${label}: ${detail} ${fraction ?? ""}`.trim()),
    done: (detail?: string) => void lines.push(`${label} done ${detail ?? ""}`.trim()),
    fail: (detail: string) => void lines.push(`${label} failed ${detail}`),
  });
  return { progress: { step }, lines };
};

test("progress of another process is shown as it was told there, overlapping steps included", () => {
  const here = written();
  const there = written();
  const show = shownProgress(here.progress);
  const told = bothProgress(
    there.progress,
    sentProgress((message) => {
      const received = Message.parse(JSON.parse(JSON.stringify(message)));
      if (received.kind === "step") show(received);
    }),
  );

  const one = told.step("one");
  const two = told.step("two");
  two.update("half", 0.5);
  one.update("slow");
  two.done("port 1");
  one.fail("broken");
  told.step("three").done();

  expect(here.lines).toEqual(["two: half 0.5", "one: slow", "two done port 1", "one failed broken", "three done"]);
  expect(there.lines).toEqual(here.lines);
});
