import { invalidValue } from "../api/errors";

export type ResourceKind = "db" | "snapshot" | "auto-backup" | "subgrp" | "pg";

/** https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Tagging.ARN.html */
export const arnOf = (kind: ResourceKind, name: string, { region, account }: { region: string; account: string }): string =>
  `arn:aws:rds:${region}:${account}:${kind}:${name}`;

export interface ParsedArn {
  readonly region: string;
  readonly kind: string;
  readonly name: string;
}

export const parseArn = (text: string): ParsedArn | undefined => {
  const [, region, kind, name] = /^arn:aws:rds:([a-z0-9-]+):\d{12}:([a-z-]+):(.+)$/.exec(text) ?? [];
  return region === undefined || kind === undefined || name === undefined ? undefined : { region, kind, name };
};

/** Stored in lower case; compared without regard to it. */
export const readIdentifier = (parameter: string, text: string, longest: number): string => {
  const wellFormed = /^[A-Za-z][A-Za-z0-9-]*$/.test(text) && !text.includes("--") && !text.endsWith("-") && text.length <= longest;
  if (wellFormed) return text.toLowerCase();
  throw invalidValue(
    `The parameter ${parameter} is not a valid identifier: ${text}. Identifiers must begin with a letter; must contain only ASCII letters, ` +
      `digits, and hyphens; must not end with a hyphen or contain two consecutive hyphens; and have ${longest} characters at most.`,
  );
};

const base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** `DbiResourceId`: never used twice, so that a new instance of an old name does not get the old one's backups. */
export const newResourceId = (random: () => number): string => `db-${randomText(random, 26)}`;
/** `ab-` names automated backups. */
export const newBackupName = (random: () => number): string => `ab-${randomText(random, 39).toLowerCase()}`;

const randomText = (random: () => number, length: number): string =>
  Array.from({ length }, () => base32.charAt(Math.floor(random() * base32.length))).join("");
