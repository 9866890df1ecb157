// Types of the core group beside pods and nodes.
// The notation is explained in notation.ts.

export const coreTypes = `
package io.k8s.api.core.v1
Namespace
  apiVersion:string kind:string metadata:ObjectMeta#1 spec:NamespaceSpec#2 status:NamespaceStatus#3
NamespaceList
  apiVersion:string items!:[Namespace]#2 kind:string metadata:ListMeta#1
Event
  action:string#12 apiVersion:string count:int32#8 eventTime:micro-time#10 firstTimestamp:time#6 involvedObject!:ObjectReference#2
  kind:string lastTimestamp:time#7 message:string#4 metadata!:ObjectMeta#1 reason:string#3 related:ObjectReference#13
  reportingComponent:string#14 reportingInstance:string#15 series:EventSeries#11 source:EventSource#5 type:string#9
EventList
  apiVersion:string items!:[Event]#2 kind:string metadata:ListMeta#1
Service
  apiVersion:string kind:string metadata:ObjectMeta#1 spec:ServiceSpec#2 status:ServiceStatus#3
ServiceList
  apiVersion:string items!:[Service]#2 kind:string metadata:ListMeta#1
Endpoints
  apiVersion:string kind:string metadata:ObjectMeta#1 subsets:[EndpointSubset]#2
EndpointsList
  apiVersion:string items!:[Endpoints]#2 kind:string metadata:ListMeta#1
ConfigMap
  apiVersion:string binaryData:{bytes}#3 data:{string}#2 immutable:*bool#4 kind:string metadata:ObjectMeta#1
ConfigMapList
  apiVersion:string items!:[ConfigMap]#2 kind:string metadata:ListMeta#1
Secret
  apiVersion:string data:{bytes}#2 immutable:*bool#5 kind:string metadata:ObjectMeta#1 stringData:{string}#4 type:string(SecretType)#3
SecretList
  apiVersion:string items!:[Secret]#2 kind:string metadata:ListMeta#1
ServiceAccount
  apiVersion:string automountServiceAccountToken:*bool#4 imagePullSecrets:[LocalObjectReference]#3 kind:string metadata:ObjectMeta#1
  secrets:[ObjectReference]=name#2
ServiceAccountList
  apiVersion:string items!:[ServiceAccount]#2 kind:string metadata:ListMeta#1
Binding
  apiVersion:string kind:string metadata:ObjectMeta#1 target!:ObjectReference#2
NamespaceSpec
  finalizers:[string(FinalizerName)]#1
NamespaceStatus
  conditions:[NamespaceCondition]=type#2 phase:string(NamespacePhase)#1
ObjectReference atomic@21
  apiVersion:string#5 fieldPath:string#7 kind:string#1 name:string#3 namespace:string#2 resourceVersion:string#6 uid:string#4
EventSeries
  count:int32#1 lastObservedTime:micro-time#2
EventSource
  component:string#1 host:string#2
ServiceSpec
  allocateLoadBalancerNodePorts:*bool#20 clusterIP:string#3 clusterIPs:[string]#18 externalIPs:[string]#5 externalName:string#10
  externalTrafficPolicy:string(ServiceExternalTrafficPolicyType)#11 healthCheckNodePort:int32#12
  internalTrafficPolicy:*string(ServiceInternalTrafficPolicy)#22@21 ipFamilies:[string(IPFamily)]#19
  ipFamilyPolicy:*string(IPFamilyPolicyType)#17 loadBalancerClass:*string#21@21 loadBalancerIP:string#8 loadBalancerSourceRanges:[string]#9
  ports:[ServicePort]/port,protocol~port#1 publishNotReadyAddresses:bool#13 selector:{string}#2@<21 selector:{string}/atomic#2@21
  sessionAffinity:string(ServiceAffinity)#7 sessionAffinityConfig:SessionAffinityConfig#14 topologyKeys:[string]#16@<22
  trafficDistribution:*string#23@30 type:string(ServiceType)#4
ServiceStatus
  conditions:[Condition]=type#2 loadBalancer:LoadBalancerStatus#1
EndpointSubset
  addresses:[EndpointAddress]#1 notReadyAddresses:[EndpointAddress]#2 ports:[EndpointPort]#3
LocalObjectReference atomic@21
  name:string#1
NamespaceCondition
  lastTransitionTime:time#4 message:string#6 reason:string#5 status!:string#2 type!:string#1
ServicePort
  appProtocol:*string#6 name:string#1 nodePort:int32#5 port!:int32#3 protocol:string(Protocol)#2?TCP targetPort:int-or-string#4
SessionAffinityConfig
  clientIP:ClientIPConfig#1
LoadBalancerStatus
  ingress:[LoadBalancerIngress]#1
EndpointAddress atomic@21
  hostname:string#3 ip!:string#1 nodeName:*string#4 targetRef:ObjectReference#2
EndpointPort atomic@21
  appProtocol:*string#4 name:string#1 port!:int32#2 protocol:string(Protocol)#3
ClientIPConfig
  timeoutSeconds:*int32#1
LoadBalancerIngress
  hostname:string#2 ip:string#1 ipMode:*string(LoadBalancerIPMode)#3@29 ports:[PortStatus]#4
PortStatus
  error:*string#3 port!:int32#1 protocol!:string#2
TypedLocalObjectReference atomic@21
  apiGroup:*string#1 kind!:string#2 name!:string#3
`;
