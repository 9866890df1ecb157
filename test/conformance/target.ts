// What the conformance suite runs against: one cluster, reached as its kubeconfig says, and the few things that no API of it can do.
import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';

/** How to reach a server and be somebody there. */
export interface Connection {
  readonly server: URL;
  readonly ca: string;
  readonly certificate?: string;
  readonly key?: string;
  readonly token?: string;
}

export interface Target {
  readonly name: string;
  readonly connection: Connection;
  /** Of its version, 1.MINOR. */
  readonly minor: number;
  readonly runtime: 'docker' | 'containerd';
  readonly node: string;
  /** Milliseconds between two pods that are made: a real kubelet sends five events a second, and drops some beyond that. */
  readonly pace: number;
  /**
   * An image that is on the node. It has `sh` with the usual builtins, `cat`, `env`, `ls` and `sleep`, and without a command it serves HTTP on
   * port 8080.
   */
  readonly image: string;
  /** The image is on the node under this name too: `name:tag`. */
  putImage(name: string): Promise<void>;
  removeImage(name: string): Promise<void>;
  /** etcd forgets its history: earlier versions can no longer be listed or watched from. */
  compact(): Promise<void>;
}

interface Kubeconfig {
  clusters: { name: string; cluster: { server: string; 'certificate-authority-data'?: string; 'certificate-authority'?: string } }[];
  users: { name: string; user: { 'client-certificate-data'?: string; 'client-key-data'?: string; token?: string } }[];
  contexts: { name: string; context: { cluster: string; user: string } }[];
}

const decoded = (text: string | undefined) => (text === undefined ? undefined : Buffer.from(text, 'base64').toString());

/** Reads one context of one kubeconfig file, as far as test clusters use it. */
export async function readConnection(file: string, context: string): Promise<Connection> {
  const { clusters, users, contexts } = parse(await readFile(file, 'utf8')) as Kubeconfig;
  const names = contexts.find(({ name }) => name === context)?.context;
  const cluster = clusters.find(({ name }) => name === names?.cluster)?.cluster;
  const user = users.find(({ name }) => name === names?.user)?.user;
  if (!cluster || !user) throw new Error(`${file} has no context ${context}`);
  const certificate = decoded(user['client-certificate-data']);
  const key = decoded(user['client-key-data']);
  const authority = cluster['certificate-authority'];
  return {
    server: new URL(cluster.server),
    ca: decoded(cluster['certificate-authority-data']) ?? (authority ? await readFile(authority, 'utf8') : ''),
    ...(certificate && key ? { certificate, key } : {}),
    ...(user.token ? { token: user.token } : {}),
  };
}
