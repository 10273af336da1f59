import { durationText, isoSeconds } from "../../../../recovery/strategy/wording";

test.each([
  [0, "0 s"],
  [0.2, "1 s"],
  [59.1, "1 min"],
  [754, "12 min 34 s"],
  [3600, "1 h"],
  [3661, "1 h 1 min"],
  [90_061, "1 d 1 h"],
  [-3, "0 s"],
])("%s seconds are %s", (seconds, text) => {
  expect(durationText(seconds)).toBe(text);
});

test("times are whole seconds, cut off and never rounded up", () => {
  expect(isoSeconds(new Date("2026-11-24T21:00:00.999Z"))).toBe("2026-11-24T21:00:00Z");
});
