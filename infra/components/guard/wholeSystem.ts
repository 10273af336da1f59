import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";

/** The parent of all that a stack makes, so that the whole can be spoken of. */
export class WholeSystem extends pulumi.ComponentResource {
  constructor(name: string) {
    super("lifeboat:guard:WholeSystem", name);
  }
}

/**
 * Makes `destroy` refuse before it touches anything. `protect` alone does not: the engine deletes every unprotected resource that nothing
 * protected depends on (a Service, a role, an alarm) and fails only then. What is guarded here is depended on by a protected resource, which
 * a `destroy` has to delete first. An `up` may still replace or remove a single resource that is not protected itself.
 */
export const guard = (whole: WholeSystem): void => {
  new random.RandomId("guard", { byteLength: 4 }, { protect: true, dependsOn: [whole] });
};
