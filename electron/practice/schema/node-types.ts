// Types of nodes.
// The notation is explained in notation.ts.

export const nodeTypes = `
package io.k8s.api.core.v1
Node
  apiVersion:string kind:string metadata:ObjectMeta#1 spec:NodeSpec#2 status:NodeStatus#3
NodeList
  apiVersion:string items!:[Node]#2 kind:string metadata:ListMeta#1
NodeSpec
  configSource:NodeConfigSource#6 externalID:string#2 podCIDR:string#1 podCIDRs:[string]=#7 providerID:string#3 taints:[Taint]#5
  unschedulable:bool#4
NodeStatus
  addresses:[NodeAddress]=type#5 allocatable:{quantity}#2 capacity:{quantity}#1 conditions:[NodeCondition]=type#4 config:NodeConfigStatus#11
  daemonEndpoints:NodeDaemonEndpoints#6 features:NodeFeatures@31 images:[ContainerImage]#8 nodeInfo:NodeSystemInfo#7
  phase:string(NodePhase)#3 runtimeHandlers:[NodeRuntimeHandler]@30 volumesAttached:[AttachedVolume]#10 volumesInUse:[string]#9
NodeConfigSource
  configMap:ConfigMapNodeConfigSource#2
Taint
  effect!:string(TaintEffect)#3 key!:string#1 timeAdded:*time#4 value:string#2
NodeAddress
  address!:string#2 type!:string(NodeAddressType)#1
NodeCondition
  lastHeartbeatTime:time#3 lastTransitionTime:time#4 message:string#6 reason:string#5 status!:string(ConditionStatus)#2
  type!:string(NodeConditionType)#1
NodeConfigStatus
  active:NodeConfigSource#2 assigned:NodeConfigSource#1 error:string#4 lastKnownGood:NodeConfigSource#3
NodeDaemonEndpoints
  kubeletEndpoint:DaemonEndpoint#1
ContainerImage
  names!:[string]#1 sizeBytes:int64#2
NodeSystemInfo
  architecture!:string#10 bootID!:string#3 containerRuntimeVersion!:string#6 kernelVersion!:string#4 kubeProxyVersion!:string#8
  kubeletVersion!:string#7 machineID!:string#1 operatingSystem!:string#9 osImage!:string#5 swap:NodeSwapStatus@33 systemUUID!:string#2
AttachedVolume
  devicePath!:string#2 name!:string#1
ConfigMapNodeConfigSource
  kubeletConfigKey!:string#5 name!:string#2 namespace!:string#1 resourceVersion:string#4 uid:string#3
DaemonEndpoint
  Port!:int32#1
NodeRuntimeHandler
  features:NodeRuntimeHandlerFeatures name:string
NodeRuntimeHandlerFeatures
  recursiveReadOnlyMounts:*bool userNamespaces:*bool@31
NodeFeatures
  supplementalGroupsPolicy:*bool
NodeSwapStatus
  capacity:*int64
`;
