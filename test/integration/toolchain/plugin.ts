import * as provider from "@pulumi/pulumi/provider";

const refuse = (inputs: { text?: string }): void => {
  if (inputs.text === "refused") throw new Error("this note is refused");
};

/** The smallest resource plugin: notes that exist in the state only. A note with the text "refused" cannot be kept. */
class Notes implements provider.Provider {
  readonly version = "1.2.3";

  async check(_urn: string, _olds: unknown, news: unknown): Promise<provider.CheckResult> {
    return { inputs: news };
  }

  async diff(_id: string, _urn: string, olds: { text?: string }, news: { text?: string }): Promise<provider.DiffResult> {
    return { changes: olds.text !== news.text };
  }

  async create(_urn: string, inputs: { text?: string }): Promise<provider.CreateResult> {
    refuse(inputs);
    return { id: "note-1", outs: inputs };
  }

  async read(id: string, _urn: string, props?: unknown): Promise<provider.ReadResult> {
    return { id, props };
  }

  async update(_id: string, _urn: string, _olds: unknown, news: { text?: string }): Promise<provider.UpdateResult> {
    refuse(news);
    return { outs: news };
  }

  async delete(): Promise<void> {}
}

// The engine interrupts its plugins at its end, and waits 5 s before it kills one that goes on, as the SDK's own does.
process.on("SIGINT", () => process.exit(0));
void provider.main(new Notes(), process.argv.slice(2));
