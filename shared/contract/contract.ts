// The one contract between the screen and the engine. Both transports carry it; no screen knows which one it has.
import type { InferContractRouterInputs, InferContractRouterOutputs } from '@orpc/contract';
import { activity } from './activity.ts';
import { builds } from './builds.ts';
import { clusters } from './clusters.ts';
import { environment } from './environment.ts';
import { files } from './files.ts';
import { forwards } from './forwards.ts';
import { http } from './http.ts';
import { images } from './images.ts';
import { pods } from './pods.ts';

export const contract = { environment, clusters, pods, images, builds, forwards, http, files, activity };

export type Inputs = InferContractRouterInputs<typeof contract>;
export type Outputs = InferContractRouterOutputs<typeof contract>;
