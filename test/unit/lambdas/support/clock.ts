/** A clock that stands until it is moved. */
export const clockAt = (start: string) => {
  let time = new Date(start);
  return {
    now: () => time,
    passSeconds: (seconds: number) => {
      time = new Date(time.getTime() + seconds * 1000);
    },
  };
};
