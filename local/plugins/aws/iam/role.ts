import {
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePermissionsBoundaryCommand,
  GetRoleCommand,
  PutRolePermissionsBoundaryCommand,
  type Role,
  TagRoleCommand,
  UntagRoleCommand,
  UpdateAssumeRolePolicyCommand,
  UpdateRoleCommand,
  UpdateRoleDescriptionCommand,
} from "@aws-sdk/client-iam";
import type { Properties, ResourceHandler } from "../../protocol/resource";
import { compact, number, requiredText, text, textMap } from "../../protocol/values";
import { changed, finishCreation, outputsOf, unlessEmpty } from "../answers";
import { allTags, removedTags, tagList, tagMap, tagsInput, tagsRead, unlessGone } from "../common";
import type { AwsContext } from "../context";
import { document, documentFailures, documentRead } from "../documents";
import { decoded, iam } from "./client";

function inputsOf(role: Role, context: AwsContext, state: Properties): Properties {
  return compact({
    name: role.RoleName,
    path: role.Path,
    description: unlessEmpty(state, "description", role.Description),
    assumeRolePolicy: documentRead(state, "assumeRolePolicy", decoded(role.AssumeRolePolicyDocument)),
    maxSessionDuration: role.MaxSessionDuration,
    permissionsBoundary: role.PermissionsBoundary?.PermissionsBoundaryArn,
    ...tagsRead(context, tagMap(role.Tags), state),
  });
}

const read: ResourceHandler<AwsContext>["read"] = async (context, id, state) => {
  const found = await unlessGone(iam(context).send(new GetRoleCommand({ RoleName: id })), "NoSuchEntityException");
  const role = found?.Role;
  if (role === undefined) return undefined;
  const inputs = inputsOf(role, context, state);
  const createDate = role.CreateDate?.toISOString();
  return { inputs, outputs: compact({ ...inputs, arn: role.Arn, uniqueId: role.RoleId, createDate, tagsAll: tagMap(role.Tags) }) };
};

async function updateTags(context: AwsContext, name: string, olds: Properties, news: Properties): Promise<void> {
  const [before, after] = [textMap(olds, "tagsAll") ?? {}, allTags(context, news)];
  const TagKeys = removedTags(before, after);
  if (TagKeys.length > 0) await iam(context).send(new UntagRoleCommand({ RoleName: name, TagKeys }));
  const Tags = tagList(after);
  if (Tags.length > 0) await iam(context).send(new TagRoleCommand({ RoleName: name, Tags }));
}

/** The boundary: absent means none. */
async function updateBoundary(context: AwsContext, name: string, news: Properties): Promise<void> {
  const PermissionsBoundary = text(news, "permissionsBoundary");
  if (PermissionsBoundary === undefined) await iam(context).send(new DeleteRolePermissionsBoundaryCommand({ RoleName: name }));
  else await iam(context).send(new PutRolePermissionsBoundaryCommand({ RoleName: name, PermissionsBoundary }));
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html */
export const role: ResourceHandler<AwsContext> = {
  type: "aws:iam/role:Role",
  inputs: {
    ...tagsInput,
    name: { replaces: true },
    path: { replaces: true, default: "/" },
    description: {},
    assumeRolePolicy: { required: true, compareAs: "json" },
    maxSessionDuration: { default: 3600 },
    permissionsBoundary: {},
  },
  autoName: { property: "name", maxLength: 64 },
  computed: ["arn", "uniqueId", "createDate", "tagsAll"],
  check: (inputs) => documentFailures(inputs, "assumeRolePolicy"),
  async create(context, inputs, abortSignal) {
    const RoleName = requiredText(inputs, "name");
    await iam(context).send(
      new CreateRoleCommand({
        RoleName,
        Path: text(inputs, "path"),
        Description: text(inputs, "description"),
        AssumeRolePolicyDocument: document(inputs, "assumeRolePolicy"),
        MaxSessionDuration: number(inputs, "maxSessionDuration"),
        PermissionsBoundary: text(inputs, "permissionsBoundary"),
        Tags: tagList(allTags(context, inputs)),
      }),
      { abortSignal },
    );
    return finishCreation(read, context, RoleName, inputs);
  },
  read,
  async update(context, id, olds, news) {
    if (changed(olds, news, "assumeRolePolicy")) {
      await iam(context).send(new UpdateAssumeRolePolicyCommand({ RoleName: id, PolicyDocument: document(news, "assumeRolePolicy") }));
    }
    if (changed(olds, news, "description")) {
      await iam(context).send(new UpdateRoleDescriptionCommand({ RoleName: id, Description: text(news, "description") ?? "" }));
    }
    if (changed(olds, news, "maxSessionDuration")) {
      await iam(context).send(new UpdateRoleCommand({ RoleName: id, MaxSessionDuration: number(news, "maxSessionDuration") }));
    }
    if (changed(olds, news, "permissionsBoundary")) await updateBoundary(context, id, news);
    await updateTags(context, id, olds, news);
    return outputsOf(read, context, id, news);
  },
  async delete(context, id) {
    await unlessGone(iam(context).send(new DeleteRoleCommand({ RoleName: id })), "NoSuchEntityException");
  },
};
