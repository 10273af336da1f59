import { z } from "zod";
import { intOrString, metadata, port } from "./common";
import { implemented, RECORDED_ONLY } from "./recorded";
import { claimSpec } from "./services";

const keyRef = z.strictObject({ name: z.string(), key: z.string(), optional: z.boolean().default(false) });
const sourceRef = z.strictObject({ name: z.string(), optional: z.boolean().default(false) });

const envVar = z.strictObject({
  name: z.string(),
  value: z.string().optional(),
  valueFrom: z
    .strictObject({
      configMapKeyRef: keyRef.optional(),
      secretKeyRef: keyRef.optional(),
      fieldRef: z
        .strictObject({
          fieldPath: z.enum(["metadata.name", "metadata.namespace", "metadata.uid", "status.podIP", "status.hostIP"]),
          apiVersion: z.string().optional(),
        })
        .optional(),
    })
    .optional(),
});

const envFrom = z.strictObject({ prefix: z.string().default(""), configMapRef: sourceRef.optional(), secretRef: sourceRef.optional() });

/** https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/ */
const probe = z.strictObject({
  httpGet: z
    .strictObject({
      path: z.string().default("/"),
      port: intOrString,
      scheme: z.literal("HTTP").default("HTTP"),
      httpHeaders: z.array(z.strictObject({ name: z.string(), value: z.string() })).default([]),
    })
    .optional(),
  tcpSocket: z.strictObject({ port: intOrString }).optional(),
  initialDelaySeconds: z.number().min(0).default(0),
  periodSeconds: z.number().min(1).default(10),
  timeoutSeconds: z.number().min(1).default(1),
  successThreshold: z.int().min(1).default(1),
  failureThreshold: z.int().min(1).default(3),
});
export type Probe = z.output<typeof probe>;

const volumeMount = z.strictObject({
  name: z.string(),
  mountPath: z.string().startsWith("/"),
  subPath: z.string().optional(),
  readOnly: z.boolean().default(false),
});

export const container = implemented(
  {
    name: z.string(),
    image: z.string(),
    command: z.array(z.string()).optional(),
    args: z.array(z.string()).optional(),
    workingDir: z.string().optional(),
    env: z.array(envVar).default([]),
    envFrom: z.array(envFrom).default([]),
    ports: z
      .array(
        z.strictObject({
          containerPort: port,
          name: z.string().optional(),
          protocol: z.literal("TCP").default("TCP"),
        }),
      )
      .default([]),
    volumeMounts: z.array(volumeMount).default([]),
    readinessProbe: probe.optional(),
    livenessProbe: probe.optional(),
    startupProbe: probe.optional(),
  },
  RECORDED_ONLY.container,
);
export type Container = z.output<typeof container>;

/** Permission bits of a file: https://kubernetes.io/docs/reference/kubernetes-api/config-and-storage-resources/volume/ */
const mode = z.int().min(0).max(0o777);
const items = z.array(z.strictObject({ key: z.string(), path: z.string(), mode: mode.optional() })).optional();
const projected = { items, defaultMode: mode.default(0o644), optional: z.boolean().default(false) };

const volume = z.strictObject({
  name: z.string(),
  persistentVolumeClaim: z.strictObject({ claimName: z.string(), readOnly: z.boolean().default(false) }).optional(),
  /** https://kubernetes.io/docs/concepts/storage/ephemeral-volumes/#generic-ephemeral-volumes */
  ephemeral: z.strictObject({ volumeClaimTemplate: z.strictObject({ metadata: metadata.optional(), spec: claimSpec }) }).optional(),
  emptyDir: implemented({}, RECORDED_ONLY.emptyDir).optional(),
  configMap: z.strictObject({ name: z.string(), ...projected }).optional(),
  secret: z.strictObject({ secretName: z.string(), ...projected }).optional(),
});
export type Volume = z.output<typeof volume>;

/** The claim behind a volume of a pod; an ephemeral one's is named after both. https://kubernetes.io/docs/concepts/storage/ephemeral-volumes/#persistentvolumeclaim-naming */
export const claimNameOf = (pod: string, volume: Volume): string | undefined =>
  volume.persistentVolumeClaim?.claimName ?? (volume.ephemeral === undefined ? undefined : `${pod}-${volume.name}`);

export const podSpec = implemented(
  {
    containers: z.array(container).min(1),
    initContainers: z.array(container).default([]),
    volumes: z.array(volume).default([]),
    restartPolicy: z.enum(["Always", "OnFailure", "Never"]).default("Always"),
    serviceAccountName: z.string().default("default"),
    terminationGracePeriodSeconds: z.number().min(0).default(30),
  },
  RECORDED_ONLY.pod,
);
export type PodSpec = z.output<typeof podSpec>;

export const podTemplate = z.strictObject({ metadata: metadata.optional(), spec: podSpec });
