/** What a cluster answered to a GET of one path; `too-large`: its answer does not fit through what carries it. Throws where there was none. */
export type KubernetesAnswer =
  | { readonly status: number; readonly text: string; readonly retryAfterSeconds?: number }
  | { readonly status: "too-large" };

export type AskKubernetes = (path: string) => Promise<KubernetesAnswer>;
