import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { outputsOf } from "../support/outputs";
import { placeOf } from "../support/recording";

export interface Registered {
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

export interface Asked {
  readonly token: string;
  readonly inputs: unknown;
}

export interface Answers {
  readonly invoke?: (token: string, inputs: unknown) => Record<string, unknown>;
  /** What the invoked function answers. */
  readonly result?: unknown;
}

const Inputs = z.record(z.string(), z.unknown());

/** Runs a piece of a program under mocks and resolves, once everything is registered, with what it gave, made and asked. */
export const underMocks = async <T>(answers: Answers, program: () => T | Promise<T>) => {
  const made: Registered[] = [];
  const asked: Asked[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs, provider }) => {
        made.push({ type, name, inputs: Inputs.parse(inputs) });
        const outputs = outputsOf(type, name, inputs, placeOf(provider) ?? "");
        if (type !== "aws:lambda/invocation:Invocation") return outputs;
        return { ...outputs, state: { ...outputs.state, result: JSON.stringify(answers.result) } };
      },
      call: ({ token, inputs }) => {
        asked.push({ token, inputs });
        if (answers.invoke === undefined) throw new Error(`nothing answers ${token}`);
        return answers.invoke(token, inputs);
      },
    },
    "lifeboat",
    "prod",
  );
  const given = await program();
  await pulumi.runtime.disconnect();
  /** What a cloud would hold. */
  const created = made.filter(({ type }) => !type.startsWith("lifeboat:") && !type.startsWith("pulumi:"));
  return { given, made, asked, created };
};

export const valueIn = <T>(output: pulumi.Output<T>): Promise<T> => new Promise((done) => output.apply((value) => done(value)));

export const named = (made: readonly Registered[], type: string, name: string): Registered => {
  const found = made.find((each) => each.type === type && each.name === name);
  if (found === undefined) throw new Error(`no ${type} "${name}"; there are ${made.map((each) => `${each.type} ${each.name}`).join(", ")}`);
  return found;
};
