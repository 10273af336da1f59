import type { CorpusDocument } from "./corpus";
import { type DocumentVersion, documentVersion } from "./document";
import { deleteDocument, putDocument } from "./operations";
import type { Recorder } from "./recorder";
import type { Target } from "./target";

export interface PopulationOptions {
  readonly corpus: readonly CorpusDocument[];
  readonly clock: () => Date;
  /** In [0, 1). */
  readonly random: () => number;
  readonly overwriteShare: number;
  readonly deleteShare: number;
}

interface Held {
  readonly text: string;
  readonly revision: number;
  readonly version: DocumentVersion;
}

const NOTE_CHARACTERS = 2000;

/**
 * The documents that may be changed: every write to them was acknowledged, through the endpoints in use. A key with an unanswered write is left
 * alone, and so is what was written before a cut-over: what was recovered of it could not be told any more.
 */
export class Population {
  private held: Held[] = [];
  private notes = 0;

  constructor(private readonly options: PopulationOptions) {}

  /** The corpus as documents of the initial load. */
  initial(): readonly DocumentVersion[] {
    return this.options.corpus.map(({ name, text }) => this.version(`documents/${name}`, text, 0));
  }

  hold(versions: readonly DocumentVersion[]): void {
    for (const version of versions) this.held.push({ text: Buffer.from(version.body).toString(), revision: 0, version });
  }

  forgetAll(): void {
    this.held = [];
  }

  /** Overwrites or deletes a document, or writes a new one. What it throws leaves the document out of the population. */
  async operate(recorder: Recorder, target: Target): Promise<void> {
    const { deleteShare, overwriteShare, random } = this.options;
    // What is forgotten meanwhile is another list: this operation's document is not held by the new one.
    const { held } = this;
    const choice = random();
    const document = choice < deleteShare + overwriteShare ? this.take() : undefined;
    if (document === undefined) return this.add(recorder, target, held);
    if (choice < deleteShare) return deleteDocument(recorder, target, document.version);
    const revision = document.revision + 1;
    const version = this.version(document.version.key, document.text, revision);
    await putDocument(recorder, target, version, document.version);
    held.push({ text: document.text, revision, version });
  }

  private async add(recorder: Recorder, target: Target, held: Held[]): Promise<void> {
    this.notes += 1;
    const number = String(this.notes).padStart(6, "0");
    const quoted = this.options.corpus[this.choose(this.options.corpus.length)]?.text.slice(0, NOTE_CHARACTERS) ?? "";
    // Through bytes, because a cut through a surrogate pair is no text and would not come back as it was.
    const text = Buffer.from(`Note ${number}, ${this.options.clock().toISOString()}\n\n${quoted}`).toString();
    const version = this.version(`notes/${number}.md`, text, 0);
    await putDocument(recorder, target, version);
    held.push({ text, revision: 0, version });
  }

  private version(key: string, text: string, revision: number): DocumentVersion {
    return documentVersion({ key, text, revision, writtenAt: this.options.clock() });
  }

  private take(): Held | undefined {
    const [document] = this.held.splice(this.choose(this.held.length), 1);
    return document;
  }

  private choose(length: number): number {
    return Math.floor(this.options.random() * length);
  }
}
