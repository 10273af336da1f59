import { type Series, seriesOf } from "../catalogue/series";

/**
 * What configuration is exported as: `repositories/<name>`, `secrets`, `parameters`, `pulumi-state/<stack>`, `kubernetes/<namespace>`. Each changes at
 * times of its own, so each is a series of its own.
 */
export type Subject = string;

export const SECRETS: Subject = "secrets";
export const PARAMETERS: Subject = "parameters";
export const repositorySubject = (name: string): Subject => `repositories/${name}`;
export const pulumiStateSubject = (stack: string): Subject => `pulumi-state/${stack}`;
/** The objects of a namespace of the system's cluster. */
export const kubernetesSubject = (namespace: string): Subject => `kubernetes/${namespace}`;

/** Throws what a series cannot be named by. */
export const seriesOfSubject = (subject: Subject): Series => seriesOf("configuration", ...subject.split("/"));

/** What a series of configuration is of; undefined for every other series. */
export const subjectOfSeries = (series: Series): Subject | undefined =>
  series.startsWith("configuration/") ? series.slice("configuration/".length) : undefined;
