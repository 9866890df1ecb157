// How kind and minikube are installed on this computer's system, as their own pages say.
// https://kind.sigs.k8s.io/docs/user/quick-start/#installation ; https://minikube.sigs.k8s.io/docs/start/
import type { ClusterTool } from '../../../shared/contract/clusters.ts';

export type System = 'windows' | 'macos' | 'linux';

/** The engine runs on the computer of the screen, so the browser knows its system. */
export function systemOf(userAgent: string): System {
  if (userAgent.includes('Windows')) return 'windows';
  return userAgent.includes('Mac OS') ? 'macos' : 'linux';
}

const processor = `$(uname -m | sed 's/x86_64/amd64/; s/aarch64/arm64/')`;
/** The newest release's program, put where every shell finds it. */
const onLinux = (tool: ClusterTool, project: string) =>
  `curl -fLo ${tool} "https://github.com/${project}/releases/latest/download/${tool}-linux-${processor}" && sudo install ${tool} /usr/local/bin/${tool} && rm ${tool}`;

export const installCommand: Record<ClusterTool, Record<System, string>> = {
  kind: { windows: 'winget install Kubernetes.kind', macos: 'brew install kind', linux: onLinux('kind', 'kubernetes-sigs/kind') },
  minikube: { windows: 'winget install Kubernetes.minikube', macos: 'brew install minikube', linux: onLinux('minikube', 'kubernetes/minikube') },
};
