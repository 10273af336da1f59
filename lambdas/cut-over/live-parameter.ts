import { GetParameterCommand, ParameterNotFound, PutParameterCommand, type SSMClient } from "@aws-sdk/client-ssm";

/** The parameter that applications read their endpoints from. Each write is one version more. */
export interface LiveParameter {
  read(): Promise<{ readonly value: string; readonly version: number; readonly changedAt: Date } | undefined>;
  write(value: string): Promise<void>;
}

export const ssmLiveParameter = (client: SSMClient, name: string): LiveParameter => ({
  async read() {
    try {
      const { Parameter } = await client.send(new GetParameterCommand({ Name: name }));
      if (Parameter?.Value === undefined) return undefined;
      return { value: Parameter.Value, version: Parameter.Version ?? 0, changedAt: Parameter.LastModifiedDate ?? new Date(0) };
    } catch (error) {
      if (error instanceof ParameterNotFound) return undefined;
      throw error;
    }
  },
  async write(value) {
    await client.send(new PutParameterCommand({ Name: name, Value: value, Type: "String", Overwrite: true }));
  },
});
