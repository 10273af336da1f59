/** Where timestamps come from, so that tests can set them. Waiting (probes, backoff) is in real time. */
export interface Clock {
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };
