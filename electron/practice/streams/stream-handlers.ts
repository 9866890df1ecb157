// What of the Kubernetes API streams: logs, exec, attach, port-forward and the proxies.
import type { SubresourceHandlers } from '../api/subresources.ts';
import { attachHandler } from './attach.ts';
import { execHandler } from './exec.ts';
import { logHandler } from './log.ts';
import type { StreamParts } from './pod-target.ts';
import { portForwardHandler } from './port-forward.ts';
import { podProxyHandler, serviceProxyHandler } from './proxy.ts';

/** For `subresources` of the API server. */
export function streamHandlers(parts: StreamParts): SubresourceHandlers {
  return {
    'pods/log': logHandler(parts),
    'pods/exec': execHandler(parts),
    'pods/attach': attachHandler(parts),
    'pods/portforward': portForwardHandler(parts),
    'pods/proxy': podProxyHandler(parts),
    'services/proxy': serviceProxyHandler(parts),
  };
}
