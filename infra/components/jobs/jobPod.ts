import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

/** Where a step finds its folders. Scripts name the variables, never these paths. */
export const JOB_FOLDERS = {
  WORK: "/lifeboat/work",
  FILES: "/lifeboat/files",
  CREDENTIALS: "/lifeboat/credentials",
  TMPDIR: "/lifeboat/tmp",
} as const;

export interface JobStep {
  readonly name: string;
  readonly image: string;
  /** Paths in it and in `env` are those of `JOB_FOLDERS`. */
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, pulumi.Input<string>>>;
}

export interface JobPodArgs {
  readonly labels: Readonly<Record<string, string>>;
  readonly serviceAccountName: pulumi.Input<string>;
  readonly filesName: pulumi.Input<string>;
  readonly steps: readonly JobStep[];
  readonly workStorage: string;
  readonly workStorageClass?: string;
}

type PodTemplate = k8s.types.input.core.v1.PodTemplateSpec;
type Container = k8s.types.input.core.v1.Container;
type Volume = k8s.types.input.core.v1.Volume;

/** `nobody`: in the images of PostgreSQL, of the AWS CLI and of git alike. */
const NOBODY = 65_534;
/** Scripts may be started by name. */
const EXECUTABLE = 0o555;
const CREDENTIALS_SIZE = "1Mi";
const TEMPORARY_SIZE = "256Mi";

/** Karpenter, which EKS Auto Mode is made of, ends a pod to save a node, but not one that says this. https://karpenter.sh/docs/concepts/disruption/#pod-level-controls */
const UNDISTURBED = { "karpenter.sh/do-not-disrupt": "true" };

/** A job's pod: its steps one after the other, unprivileged, on folders that go with it. */
export const jobPod = (args: JobPodArgs): PodTemplate => {
  const containers = args.steps.map((step) => container(step, args));
  return {
    metadata: { labels: { ...args.labels }, annotations: UNDISTURBED },
    spec: {
      serviceAccountName: args.serviceAccountName,
      // It has nothing to ask of Kubernetes; Pod Identity's token is another one.
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      restartPolicy: "Never",
      securityContext: {
        runAsNonRoot: true,
        runAsUser: NOBODY,
        runAsGroup: NOBODY,
        fsGroup: NOBODY,
        seccompProfile: { type: "RuntimeDefault" },
      },
      initContainers: containers.slice(0, -1),
      containers: containers.slice(-1),
      volumes: [
        workVolume(args),
        { name: "files", configMap: { name: args.filesName, defaultMode: EXECUTABLE } },
        { name: "credentials", emptyDir: { medium: "Memory", sizeLimit: CREDENTIALS_SIZE } },
        { name: "tmp", emptyDir: { sizeLimit: TEMPORARY_SIZE } },
      ],
    },
  };
};

const container = ({ name, image, command, env }: JobStep, { workStorage, workStorageClass }: JobPodArgs): Container => ({
  name,
  image,
  command: [...command],
  env: Object.entries({ HOME: JOB_FOLDERS.TMPDIR, ...JOB_FOLDERS, ...env }).map(([variable, value]) => ({ name: variable, value })),
  securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ["ALL"] } },
  resources: {
    requests: { cpu: "250m", memory: "512Mi", ...(workStorageClass === undefined ? { "ephemeral-storage": workStorage } : {}) },
    limits: { memory: "1Gi" },
  },
  volumeMounts: [
    { name: "work", mountPath: JOB_FOLDERS.WORK },
    { name: "files", mountPath: JOB_FOLDERS.FILES, readOnly: true },
    { name: "credentials", mountPath: JOB_FOLDERS.CREDENTIALS },
    { name: "tmp", mountPath: JOB_FOLDERS.TMPDIR },
  ],
});

/** https://kubernetes.io/docs/concepts/storage/ephemeral-volumes/#generic-ephemeral-volumes: the volume is made with the pod, and deleted with it where its class says so. */
const workVolume = ({ workStorage, workStorageClass }: JobPodArgs): Volume =>
  workStorageClass === undefined
    ? { name: "work", emptyDir: { sizeLimit: workStorage } }
    : {
        name: "work",
        ephemeral: {
          volumeClaimTemplate: {
            spec: {
              accessModes: ["ReadWriteOnce"],
              storageClassName: workStorageClass,
              resources: { requests: { storage: workStorage } },
            },
          },
        },
      };
