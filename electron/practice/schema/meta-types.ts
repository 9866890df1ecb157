// Types of apimachinery that every kind and the API itself use.
// The notation is explained in notation.ts.

export const metaTypes = `
package io.k8s.apimachinery.pkg.apis.meta.v1
Status
  apiVersion:string code:int32#6 details:StatusDetails#5 kind:string message:string#3 metadata:ListMeta#1 reason:string#4 status:string#2
DeleteOptions
  apiVersion:string dryRun:[string]#5 gracePeriodSeconds:*int64#1 ignoreStoreReadErrorWithClusterBreakingPotential:*bool#6@32 kind:string
  orphanDependents:*bool#3 preconditions:Preconditions#2 propagationPolicy:*string#4
APIResourceList
  apiVersion:string groupVersion!:string#1 kind:string resources!:[APIResource]#2
APIGroup
  apiVersion:string kind:string name!:string#1 preferredVersion:GroupVersionForDiscovery#3
  serverAddressByClientCIDRs:[ServerAddressByClientCIDR]#4 versions!:[GroupVersionForDiscovery]#2
APIGroupList
  apiVersion:string groups!:[APIGroup]#1 kind:string
APIVersions
  apiVersion:string kind:string serverAddressByClientCIDRs!:[ServerAddressByClientCIDR]#2 versions!:[string]#1
WatchEvent
  object!:any#2 type!:string#1
ObjectMeta
  annotations:{string}#12 clusterName:string#15@<24 creationTimestamp:time#8 deletionGracePeriodSeconds:*int64#10 deletionTimestamp:*time#9
  finalizers:[string]=#14 generateName:string#2 generation:int64#7 labels:{string}#11 managedFields:[ManagedFieldsEntry]#17 name:string#1
  namespace:string#3 ownerReferences:[OwnerReference]=uid#13 resourceVersion:string#6 selfLink:string#4 uid:string#5
ListMeta
  continue:string#3 remainingItemCount:*int64#4 resourceVersion:string#2 selfLink:string#1
StatusDetails
  causes:[StatusCause]#4 group:string#2 kind:string#3 name:string#1 retryAfterSeconds:int32#5 uid:string#6
Preconditions
  resourceVersion:*string#2 uid:*string#1
APIResource
  categories:[string]#7 group:string#8 kind!:string#3 name!:string#1 namespaced!:bool#2 shortNames:[string]#5 singularName!:string#6
  storageVersionHash:string#10 verbs!:[string]#4 version:string#9
GroupVersionForDiscovery
  groupVersion!:string#1 version!:string#2
ServerAddressByClientCIDR
  clientCIDR!:string#1 serverAddress!:string#2
ManagedFieldsEntry
  apiVersion:string#3 fieldsType:string#6 fieldsV1:any#7 manager:string#1 operation:string#2 subresource:string#8@22 time:*time#4
OwnerReference atomic@21
  apiVersion!:string#5 blockOwnerDeletion:*bool#7 controller:*bool#6 kind!:string#1 name!:string#3 uid!:string#4
Condition
  lastTransitionTime!:time#4 message!:string#6 observedGeneration:int64#3 reason!:string#5 status!:string#2 type!:string#1
StatusCause
  field:string#3 message:string#2 reason:string#1
LabelSelector atomic
  matchExpressions:[LabelSelectorRequirement]#2 matchLabels:{string}#1
LabelSelectorRequirement
  key!:string#1 operator!:string#2 values:[string]#3
`;
