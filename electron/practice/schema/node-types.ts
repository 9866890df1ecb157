// Types of nodes.
// The notation is explained in notation.ts.

export const nodeTypes = `
package io.k8s.api.core.v1
Node
  apiVersion:string kind:string metadata:ObjectMeta spec:NodeSpec status:NodeStatus
NodeList
  apiVersion:string items!:[Node] kind:string metadata:ListMeta
NodeSpec
  configSource:NodeConfigSource externalID:string podCIDR:string podCIDRs:[string]= providerID:string taints:[Taint] unschedulable:bool
NodeStatus
  addresses:[NodeAddress]=type allocatable:{quantity} capacity:{quantity} conditions:[NodeCondition]=type config:NodeConfigStatus
  daemonEndpoints:NodeDaemonEndpoints features:NodeFeatures@31 images:[ContainerImage] nodeInfo:NodeSystemInfo phase:string(NodePhase)
  runtimeHandlers:[NodeRuntimeHandler]@30 volumesAttached:[AttachedVolume] volumesInUse:[string]
NodeConfigSource
  configMap:ConfigMapNodeConfigSource
Taint
  effect!:string(TaintEffect) key!:string timeAdded:*time value:string
NodeAddress
  address!:string type!:string(NodeAddressType)
NodeCondition
  lastHeartbeatTime:time lastTransitionTime:time message:string reason:string status!:string(ConditionStatus)
  type!:string(NodeConditionType)
NodeConfigStatus
  active:NodeConfigSource assigned:NodeConfigSource error:string lastKnownGood:NodeConfigSource
NodeDaemonEndpoints
  kubeletEndpoint:DaemonEndpoint
ContainerImage
  names!:[string] sizeBytes:int64
NodeSystemInfo
  architecture!:string bootID!:string containerRuntimeVersion!:string kernelVersion!:string kubeProxyVersion!:string kubeletVersion!:string
  machineID!:string operatingSystem!:string osImage!:string swap:NodeSwapStatus@33 systemUUID!:string
AttachedVolume
  devicePath!:string name!:string
ConfigMapNodeConfigSource
  kubeletConfigKey!:string name!:string namespace!:string resourceVersion:string uid:string
DaemonEndpoint
  Port!:int32
NodeRuntimeHandler
  features:NodeRuntimeHandlerFeatures name:string
NodeRuntimeHandlerFeatures
  recursiveReadOnlyMounts:*bool userNamespaces:*bool@31
NodeFeatures
  supplementalGroupsPolicy:*bool
NodeSwapStatus
  capacity:*int64
`;
