// Types of pods, without their volumes.
// The notation is explained in notation.ts.

export const podTypes = `
package io.k8s.api.core.v1
Pod
  apiVersion:string kind:string metadata:ObjectMeta spec:PodSpec status:PodStatus
PodList
  apiVersion:string items!:[Pod] kind:string metadata:ListMeta
PodSpec
  activeDeadlineSeconds:*int64 affinity:Affinity automountServiceAccountToken:*bool containers!:[Container]=name dnsConfig:PodDNSConfig
  dnsPolicy:string(DNSPolicy) enableServiceLinks:*bool ephemeralContainers:[EphemeralContainer]=name hostAliases:[HostAlias]=ip hostIPC:bool
  hostNetwork:bool hostPID:bool hostUsers:*bool@25 hostname:string hostnameOverride:*string@34 imagePullSecrets:[LocalObjectReference]=name
  initContainers:[Container]=name nodeName:string nodeSelector:{string}@<21 nodeSelector:{string}/atomic@21 os:PodOS@23 overhead:{quantity}
  preemptionPolicy:*string(PreemptionPolicy) priority:*int32 priorityClassName:string readinessGates:[PodReadinessGate]
  resourceClaims:[PodResourceClaim]=name&@26 resources:ResourceRequirements@32 restartPolicy:string(RestartPolicy) runtimeClassName:*string
  schedulerName:string schedulingGates:[PodSchedulingGate]=name@26 securityContext:PodSecurityContext serviceAccount:string
  serviceAccountName:string setHostnameAsFQDN:*bool shareProcessNamespace:*bool subdomain:string terminationGracePeriodSeconds:*int64
  tolerations:[Toleration] topologySpreadConstraints:[TopologySpreadConstraint]/topologyKey,whenUnsatisfiable~topologyKey
  volumes:[Volume]=name&
PodStatus
  conditions:[PodCondition]=type containerStatuses:[ContainerStatus] ephemeralContainerStatuses:[ContainerStatus]
  extendedResourceClaimStatus:PodExtendedResourceClaimStatus@34 hostIP:string hostIPs:[HostIP]/atomic~ip@28
  initContainerStatuses:[ContainerStatus] message:string nominatedNodeName:string observedGeneration:int64@33 phase:string(PodPhase)
  podIP:string podIPs:[PodIP]=ip qosClass:string(PodQOSClass) reason:string resize:string(PodResizeStatus)@27
  resourceClaimStatuses:[PodResourceClaimStatus]=name&@28 startTime:*time
Affinity
  nodeAffinity:NodeAffinity podAffinity:PodAffinity podAntiAffinity:PodAntiAffinity
Container
  args:[string] command:[string] env:[EnvVar]=name envFrom:[EnvFromSource] image:string imagePullPolicy:string(PullPolicy)
  lifecycle:Lifecycle livenessProbe:Probe name!:string ports:[ContainerPort]/containerPort,protocol~containerPort readinessProbe:Probe
  resizePolicy:[ContainerResizePolicy]@27 resources:ResourceRequirements restartPolicy:*string(ContainerRestartPolicy)@28
  restartPolicyRules:[ContainerRestartRule]@34 securityContext:SecurityContext startupProbe:Probe stdin:bool stdinOnce:bool
  terminationMessagePath:string terminationMessagePolicy:string(TerminationMessagePolicy) tty:bool volumeDevices:[VolumeDevice]=devicePath
  volumeMounts:[VolumeMount]=mountPath workingDir:string
PodDNSConfig
  nameservers:[string] options:[PodDNSConfigOption] searches:[string]
EphemeralContainer
  args:[string] command:[string] env:[EnvVar]=name envFrom:[EnvFromSource] image:string imagePullPolicy:string(PullPolicy)
  lifecycle:Lifecycle livenessProbe:Probe name!:string ports:[ContainerPort]@<22
  ports:[ContainerPort]/containerPort,protocol~containerPort@22 readinessProbe:Probe resizePolicy:[ContainerResizePolicy]@27
  resources:ResourceRequirements restartPolicy:*string(ContainerRestartPolicy)@28 restartPolicyRules:[ContainerRestartRule]@34
  securityContext:SecurityContext startupProbe:Probe stdin:bool stdinOnce:bool targetContainerName:string terminationMessagePath:string
  terminationMessagePolicy:string(TerminationMessagePolicy) tty:bool volumeDevices:[VolumeDevice]=devicePath
  volumeMounts:[VolumeMount]=mountPath workingDir:string
HostAlias
  hostnames:[string] ip:string
PodReadinessGate
  conditionType!:string
PodSecurityContext
  appArmorProfile:AppArmorProfile@30 fsGroup:*int64 fsGroupChangePolicy:*string runAsGroup:*int64 runAsNonRoot:*bool runAsUser:*int64
  seLinuxChangePolicy:*string(PodSELinuxChangePolicy)@32 seLinuxOptions:SELinuxOptions seccompProfile:SeccompProfile
  supplementalGroups:[int64] supplementalGroupsPolicy:*string(SupplementalGroupsPolicy)@31 sysctls:[Sysctl]
  windowsOptions:WindowsSecurityContextOptions
Toleration
  effect:string(TaintEffect) key:string operator:string(TolerationOperator) tolerationSeconds:*int64 value:string
TopologySpreadConstraint
  labelSelector:LabelSelector matchLabelKeys:[string]@25 maxSkew!:int32 minDomains:*int32@24
  nodeAffinityPolicy:*string(NodeInclusionPolicy)@25 nodeTaintsPolicy:*string(NodeInclusionPolicy)@25 topologyKey!:string
  whenUnsatisfiable!:string(UnsatisfiableConstraintAction)
PodCondition
  lastProbeTime:time lastTransitionTime:time message:string observedGeneration:int64@33 reason:string status!:string(ConditionStatus)
  type!:string(PodConditionType)
ContainerStatus
  allocatedResources:{quantity}@27 allocatedResourcesStatus:[ResourceStatus]=name@31 containerID:string image!:string imageID!:string
  lastState:ContainerState name!:string ready!:bool resources:ResourceRequirements@27 restartCount!:int32 started:*bool state:ContainerState
  stopSignal:*string(Signal)@33 user:ContainerUser@31 volumeMounts:[VolumeMountStatus]=mountPath@30
PodIP
  ip:string
NodeAffinity
  preferredDuringSchedulingIgnoredDuringExecution:[PreferredSchedulingTerm] requiredDuringSchedulingIgnoredDuringExecution:NodeSelector
PodAffinity
  preferredDuringSchedulingIgnoredDuringExecution:[WeightedPodAffinityTerm] requiredDuringSchedulingIgnoredDuringExecution:[PodAffinityTerm]
PodAntiAffinity
  preferredDuringSchedulingIgnoredDuringExecution:[WeightedPodAffinityTerm] requiredDuringSchedulingIgnoredDuringExecution:[PodAffinityTerm]
EnvVar
  name!:string value:string valueFrom:EnvVarSource
EnvFromSource
  configMapRef:ConfigMapEnvSource prefix:string secretRef:SecretEnvSource
Lifecycle
  postStart:Handler@<23 postStart:LifecycleHandler@23 preStop:Handler@<23 preStop:LifecycleHandler@23 stopSignal:*string(Signal)@33
Probe
  exec:ExecAction failureThreshold:int32 grpc:GRPCAction@23 httpGet:HTTPGetAction initialDelaySeconds:int32 periodSeconds:int32
  successThreshold:int32 tcpSocket:TCPSocketAction terminationGracePeriodSeconds:*int64@21 timeoutSeconds:int32
ContainerPort
  containerPort!:int32 hostIP:string hostPort:int32 name:string protocol:string(Protocol)?TCP
ResourceRequirements
  claims:[ResourceClaim]/name@26 limits:{quantity} requests:{quantity}
SecurityContext
  allowPrivilegeEscalation:*bool appArmorProfile:AppArmorProfile@30 capabilities:Capabilities privileged:*bool procMount:*string
  readOnlyRootFilesystem:*bool runAsGroup:*int64 runAsNonRoot:*bool runAsUser:*int64 seLinuxOptions:SELinuxOptions
  seccompProfile:SeccompProfile windowsOptions:WindowsSecurityContextOptions
VolumeDevice
  devicePath!:string name!:string
VolumeMount
  mountPath!:string mountPropagation:*string(MountPropagationMode) name!:string readOnly:bool
  recursiveReadOnly:*string(RecursiveReadOnlyMode)@30 subPath:string subPathExpr:string
PodDNSConfigOption
  name:string value:*string
SELinuxOptions
  level:string role:string type:string user:string
SeccompProfile
  localhostProfile:*string type!:string
Sysctl
  name!:string value!:string
WindowsSecurityContextOptions
  gmsaCredentialSpec:*string gmsaCredentialSpecName:*string hostProcess:*bool@22 runAsUserName:*string
ContainerState
  running:ContainerStateRunning terminated:ContainerStateTerminated waiting:ContainerStateWaiting
PreferredSchedulingTerm
  preference!:NodeSelectorTerm weight!:int32
NodeSelector atomic@21
  nodeSelectorTerms!:[NodeSelectorTerm]
WeightedPodAffinityTerm
  podAffinityTerm!:PodAffinityTerm weight!:int32
PodAffinityTerm
  labelSelector:LabelSelector matchLabelKeys:[string]@29 mismatchLabelKeys:[string]@29 namespaceSelector:LabelSelector@21
  namespaces:[string] topologyKey!:string
EnvVarSource
  configMapKeyRef:ConfigMapKeySelector fieldRef:ObjectFieldSelector fileKeyRef:FileKeySelector@34 resourceFieldRef:ResourceFieldSelector
  secretKeyRef:SecretKeySelector
ConfigMapEnvSource
  name:string optional:*bool
SecretEnvSource
  name:string optional:*bool
Handler
  exec:ExecAction httpGet:HTTPGetAction tcpSocket:TCPSocketAction
ExecAction
  command:[string]
HTTPGetAction
  host:string httpHeaders:[HTTPHeader] path:string port!:int-or-string scheme:string(URIScheme)
TCPSocketAction
  host:string port!:int-or-string
Capabilities
  add:[string] drop:[string]
ContainerStateRunning
  startedAt:time
ContainerStateTerminated
  containerID:string exitCode!:int32 finishedAt:time message:string reason:string signal:int32 startedAt:time
ContainerStateWaiting
  message:string reason:string
NodeSelectorTerm atomic@21
  matchExpressions:[NodeSelectorRequirement] matchFields:[NodeSelectorRequirement]
ConfigMapKeySelector atomic@21
  key!:string name:string optional:*bool
ObjectFieldSelector atomic@21
  apiVersion:string fieldPath!:string
ResourceFieldSelector atomic@21
  containerName:string divisor:quantity resource!:string
SecretKeySelector atomic@21
  key!:string name:string optional:*bool
HTTPHeader
  name!:string value!:string
NodeSelectorRequirement
  key!:string operator!:string values:[string]
LifecycleHandler
  exec:ExecAction httpGet:HTTPGetAction sleep:SleepAction@29 tcpSocket:TCPSocketAction
SleepAction
  seconds!:int64
GRPCAction
  port!:int32 service:*string
ResourceClaim
  name!:string request:string@31
AppArmorProfile
  localhostProfile:*string type!:string(AppArmorProfileType)
VolumeMountStatus
  mountPath!:string name!:string readOnly:bool recursiveReadOnly:*string(RecursiveReadOnlyMode)
ContainerUser
  linux:LinuxContainerUser
LinuxContainerUser
  gid!:int64 supplementalGroups:[int64] uid!:int64
ResourceStatus
  name!:string resources:[ResourceHealth]/resourceID
ResourceHealth
  health:string resourceID!:string
FileKeySelector atomic
  key!:string optional:*bool path!:string volumeName!:string
PodOS
  name!:string(OSName)
PodResourceClaim
  name!:string resourceClaimName:*string resourceClaimTemplateName:*string
PodSchedulingGate
  name!:string
HostIP
  ip!:string
PodResourceClaimStatus
  name!:string resourceClaimName:*string
PodExtendedResourceClaimStatus
  requestMappings!:[ContainerExtendedResourceRequest] resourceClaimName!:string
ContainerExtendedResourceRequest
  containerName!:string requestName!:string resourceName!:string
ContainerResizePolicy
  resourceName!:string(ResourceName) restartPolicy!:string(ResourceResizeRestartPolicy)
ContainerRestartRule
  action!:string(ContainerRestartRuleAction) exitCodes:ContainerRestartRuleOnExitCodes
ContainerRestartRuleOnExitCodes
  operator!:string(ContainerRestartRuleOnExitCodesOperator) values:[int32]/set
`;
