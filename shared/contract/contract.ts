// The one contract between the screen and the engine. Both transports carry it; no screen knows which one it has.
import type { InferContractRouterInputs, InferContractRouterOutputs } from '@orpc/contract';
import { activity } from './activity.ts';
import { builds } from './builds.ts';
import { clusters } from './clusters.ts';
import { containerFiles } from './container-files.ts';
import { environment } from './environment.ts';
import { events } from './events.ts';
import { files } from './files.ts';
import { forwards } from './forwards.ts';
import { health } from './health.ts';
import { http } from './http.ts';
import { images } from './images.ts';
import { live } from './live.ts';
import { logs } from './logs.ts';
import { objects } from './objects.ts';
import { pods } from './pods.ts';
import { repeat } from './repeat.ts';
import { requests } from './requests.ts';
import { terminals } from './terminals.ts';
import { workloads } from './workloads.ts';

/** Named, since the compiler writes an inferred type out whole, and refuses one of this length. */
type Contract = {
  environment: typeof environment;
  clusters: typeof clusters;
  pods: typeof pods;
  workloads: typeof workloads;
  health: typeof health;
  objects: typeof objects;
  events: typeof events;
  images: typeof images;
  builds: typeof builds;
  forwards: typeof forwards;
  http: typeof http;
  live: typeof live;
  requests: typeof requests;
  repeat: typeof repeat;
  files: typeof files;
  containerFiles: typeof containerFiles;
  logs: typeof logs;
  terminals: typeof terminals;
  activity: typeof activity;
};

export const contract: Contract = { environment, clusters, pods, workloads, health, objects, events, images, builds, forwards, http, live, requests, repeat, files, containerFiles, logs, terminals, activity };

export type Inputs = InferContractRouterInputs<typeof contract>;
export type Outputs = InferContractRouterOutputs<typeof contract>;
