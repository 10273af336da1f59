/** Where timestamps come from, so that tests can set them. Replication's lag and delayed answers are in real time. */
export interface Clock {
  now(): Date;
}
