import {
  CreatePodIdentityAssociationCommand,
  DeletePodIdentityAssociationCommand,
  DescribePodIdentityAssociationCommand,
  EKSClient,
  TagResourceCommand,
  UntagResourceCommand,
  UpdatePodIdentityAssociationCommand,
} from "@aws-sdk/client-eks";
import { LifeboatError } from "../../../../recovery/errors";
import type { Properties, ResourceHandler } from "../../protocol/resource";
import { compact, requiredText } from "../../protocol/values";
import { changed, finishCreation, outputsOf } from "../answers";
import { allTags, regionFromProvider, regionInput, regionOf, tagsInput, tagsRead, unlessGone } from "../common";
import type { AwsContext } from "../context";
import { retag } from "../retag";

const clientOf = (context: AwsContext, properties: Properties) => context.client(EKSClient, regionOf(context, properties));
const GONE = "ResourceNotFoundException";

const read: ResourceHandler<AwsContext>["read"] = async (context, id, state) => {
  const asked = new DescribePodIdentityAssociationCommand({ clusterName: requiredText(state, "clusterName"), associationId: id });
  const found = (await unlessGone(clientOf(context, state).send(asked), GONE))?.association;
  if (found === undefined) return undefined;
  const tags = found.tags ?? {};
  const inputs = compact({
    region: regionOf(context, state),
    clusterName: found.clusterName,
    namespace: found.namespace,
    serviceAccount: found.serviceAccount,
    roleArn: found.roleArn,
    ...tagsRead(context, tags, state),
  });
  return { inputs, outputs: compact({ ...inputs, associationArn: found.associationArn, associationId: id, tagsAll: tags }) };
};

export const podIdentityAssociation: ResourceHandler<AwsContext> = {
  type: "aws:eks/podIdentityAssociation:PodIdentityAssociation",
  inputs: {
    ...regionInput,
    ...tagsInput,
    clusterName: { required: true, replaces: true },
    namespace: { required: true, replaces: true },
    serviceAccount: { required: true, replaces: true },
    roleArn: { required: true },
  },
  // A service account has one association.
  identity: ["clusterName", "namespace", "serviceAccount"],
  computed: ["associationArn", "associationId", "tagsAll"],
  configured: regionFromProvider,

  async create(context, inputs) {
    const { association } = await clientOf(context, inputs).send(
      new CreatePodIdentityAssociationCommand({
        clusterName: requiredText(inputs, "clusterName"),
        namespace: requiredText(inputs, "namespace"),
        serviceAccount: requiredText(inputs, "serviceAccount"),
        roleArn: requiredText(inputs, "roleArn"),
        tags: allTags(context, inputs),
      }),
    );
    if (association?.associationId === undefined)
      throw new LifeboatError({ code: "internal", what: "EKS gave the association no id", hint: "Look at the cluster's associations" });
    return finishCreation(read, context, association.associationId, inputs);
  },

  read,

  async update(context, id, olds, news) {
    const client = clientOf(context, news);
    if (changed(olds, news, "roleArn"))
      await client.send(
        new UpdatePodIdentityAssociationCommand({
          clusterName: requiredText(olds, "clusterName"),
          associationId: id,
          roleArn: requiredText(news, "roleArn"),
        }),
      );
    const resourceArn = requiredText(olds, "associationArn");
    await retag(context, olds, news, {
      tag: (tags) => client.send(new TagResourceCommand({ resourceArn, tags })),
      untag: (tagKeys) => client.send(new UntagResourceCommand({ resourceArn, tagKeys })),
    });
    return outputsOf(read, context, id, news);
  },

  async delete(context, id, state) {
    const command = new DeletePodIdentityAssociationCommand({ clusterName: requiredText(state, "clusterName"), associationId: id });
    await unlessGone(clientOf(context, state).send(command), GONE);
  },
};
