// The pages that say how to install what is missing.
export const links = {
  dockerDesktop: 'https://docs.docker.com/get-started/get-docker/',
  dockerDesktopKubernetes: 'https://docs.docker.com/desktop/use-desktop/kubernetes/',
  kind: 'https://kind.sigs.k8s.io/docs/user/quick-start/',
  minikube: 'https://minikube.sigs.k8s.io/docs/start/',
} as const;
