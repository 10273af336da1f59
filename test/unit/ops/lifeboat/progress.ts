import type { Progress } from "../../../../local/progress";

/** Progress that remembers what it was told, in order. */
export const recordedProgress = () => {
  const told: string[] = [];
  const progress: Progress = {
    step: (label) => {
      told.push(label);
      return {
        update: (detail, fraction) => void told.push(`${Math.round((fraction ?? 0) * 100)} %: ${detail}`),
        done: (detail) => void told.push(`done: ${detail ?? ""}`),
        fail: (detail) => void told.push(`failed: ${detail}`),
      };
    },
  };
  return { progress, told };
};
