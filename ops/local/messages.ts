import * as z from "zod";
import type { Progress } from "../../local/progress";

const StepMessage = z.object({
  kind: z.literal("step"),
  step: z.int(),
  does: z.enum(["begin", "update", "done", "fail"]),
  text: z.string().optional(),
  fraction: z.number().optional(),
});

/** What the background process tells the command that started it, until it is ready. */
export const Message = z.discriminatedUnion("kind", [
  StepMessage,
  z.object({ kind: z.literal("ready") }),
  /** Another one was faster. */
  z.object({ kind: z.literal("held") }),
  z.object({ kind: z.literal("failed"), reason: z.string() }),
]);
export type Message = z.infer<typeof Message>;

/** Progress that somebody in another process shows. */
export const sentProgress = (send: (message: Message) => void): Progress => {
  let steps = 0;
  return {
    step: (label) => {
      const step = steps++;
      const say = (does: z.infer<typeof StepMessage>["does"], text?: string, fraction?: number): void =>
        send({ kind: "step", step, does, text, fraction });
      say("begin", label);
      return {
        update: (detail, fraction) => say("update", detail, fraction),
        done: (detail) => say("done", detail),
        fail: (detail) => say("fail", detail),
      };
    },
  };
};

/** Both of them, for a terminal and a log. */
export const bothProgress = (one: Progress, other: Progress): Progress => ({
  step: (label) => {
    const steps = [one.step(label), other.step(label)];
    return {
      update: (detail, fraction) => steps.forEach((step) => void step.update(detail, fraction)),
      done: (detail) => steps.forEach((step) => void step.done(detail)),
      fail: (detail) => steps.forEach((step) => void step.fail(detail)),
    };
  },
});

/** Shows what `sentProgress` sends. */
export const shownProgress = (progress: Progress): ((message: z.infer<typeof StepMessage>) => void) => {
  const open = new Map<number, ReturnType<Progress["step"]>>();
  return ({ step, does, text = "", fraction }) => {
    if (does === "begin") open.set(step, progress.step(text));
    else if (does === "update") open.get(step)?.update(text, fraction);
    else if (does === "done") open.get(step)?.done(text === "" ? undefined : text);
    else open.get(step)?.fail(text);
  };
};
