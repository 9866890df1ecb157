// Types of the core group beside pods and nodes.
// The notation is explained in notation.ts.

export const coreTypes = `
package io.k8s.api.core.v1
Namespace
  apiVersion:string kind:string metadata:ObjectMeta spec:NamespaceSpec status:NamespaceStatus
NamespaceList
  apiVersion:string items!:[Namespace] kind:string metadata:ListMeta
Event
  action:string apiVersion:string count:int32 eventTime:micro-time firstTimestamp:time involvedObject!:ObjectReference kind:string
  lastTimestamp:time message:string metadata!:ObjectMeta reason:string related:ObjectReference reportingComponent:string
  reportingInstance:string series:EventSeries source:EventSource type:string
EventList
  apiVersion:string items!:[Event] kind:string metadata:ListMeta
Service
  apiVersion:string kind:string metadata:ObjectMeta spec:ServiceSpec status:ServiceStatus
ServiceList
  apiVersion:string items!:[Service] kind:string metadata:ListMeta
Endpoints
  apiVersion:string kind:string metadata:ObjectMeta subsets:[EndpointSubset]
EndpointsList
  apiVersion:string items!:[Endpoints] kind:string metadata:ListMeta
ConfigMap
  apiVersion:string binaryData:{bytes} data:{string} immutable:*bool kind:string metadata:ObjectMeta
ConfigMapList
  apiVersion:string items!:[ConfigMap] kind:string metadata:ListMeta
Secret
  apiVersion:string data:{bytes} immutable:*bool kind:string metadata:ObjectMeta stringData:{string} type:string(SecretType)
SecretList
  apiVersion:string items!:[Secret] kind:string metadata:ListMeta
ServiceAccount
  apiVersion:string automountServiceAccountToken:*bool imagePullSecrets:[LocalObjectReference] kind:string metadata:ObjectMeta
  secrets:[ObjectReference]=name
ServiceAccountList
  apiVersion:string items!:[ServiceAccount] kind:string metadata:ListMeta
Binding
  apiVersion:string kind:string metadata:ObjectMeta target!:ObjectReference
NamespaceSpec
  finalizers:[string(FinalizerName)]
NamespaceStatus
  conditions:[NamespaceCondition]=type phase:string(NamespacePhase)
ObjectReference atomic@21
  apiVersion:string fieldPath:string kind:string name:string namespace:string resourceVersion:string uid:string
EventSeries
  count:int32 lastObservedTime:micro-time
EventSource
  component:string host:string
ServiceSpec
  allocateLoadBalancerNodePorts:*bool clusterIP:string clusterIPs:[string] externalIPs:[string] externalName:string
  externalTrafficPolicy:string(ServiceExternalTrafficPolicyType) healthCheckNodePort:int32
  internalTrafficPolicy:*string(ServiceInternalTrafficPolicy)@21 ipFamilies:[string(IPFamily)] ipFamilyPolicy:*string(IPFamilyPolicyType)
  loadBalancerClass:*string@21 loadBalancerIP:string loadBalancerSourceRanges:[string] ports:[ServicePort]/port,protocol~port
  publishNotReadyAddresses:bool selector:{string}@<21 selector:{string}/atomic@21 sessionAffinity:string(ServiceAffinity)
  sessionAffinityConfig:SessionAffinityConfig topologyKeys:[string]@<22 trafficDistribution:*string@30 type:string(ServiceType)
ServiceStatus
  conditions:[Condition]=type loadBalancer:LoadBalancerStatus
EndpointSubset
  addresses:[EndpointAddress] notReadyAddresses:[EndpointAddress] ports:[EndpointPort]
LocalObjectReference atomic@21
  name:string
NamespaceCondition
  lastTransitionTime:time message:string reason:string status!:string type!:string
ServicePort
  appProtocol:*string name:string nodePort:int32 port!:int32 protocol:string(Protocol)?TCP targetPort:int-or-string
SessionAffinityConfig
  clientIP:ClientIPConfig
LoadBalancerStatus
  ingress:[LoadBalancerIngress]
EndpointAddress atomic@21
  hostname:string ip!:string nodeName:*string targetRef:ObjectReference
EndpointPort atomic@21
  appProtocol:*string name:string port!:int32 protocol:string(Protocol)
ClientIPConfig
  timeoutSeconds:*int32
LoadBalancerIngress
  hostname:string ip:string ipMode:*string(LoadBalancerIPMode)@29 ports:[PortStatus]
PortStatus
  error:*string port!:int32 protocol!:string
TypedLocalObjectReference atomic@21
  apiGroup:*string kind!:string name!:string
`;
