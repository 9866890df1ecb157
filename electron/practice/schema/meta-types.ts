// Types of apimachinery that every kind and the API itself use.
// The notation is explained in notation.ts.

export const metaTypes = `
package io.k8s.apimachinery.pkg.apis.meta.v1
Status
  apiVersion:string code:int32 details:StatusDetails kind:string message:string metadata:ListMeta reason:string status:string
DeleteOptions
  apiVersion:string dryRun:[string] gracePeriodSeconds:*int64 ignoreStoreReadErrorWithClusterBreakingPotential:*bool@32 kind:string
  orphanDependents:*bool preconditions:Preconditions propagationPolicy:*string
APIResourceList
  apiVersion:string groupVersion!:string kind:string resources!:[APIResource]
APIGroup
  apiVersion:string kind:string name!:string preferredVersion:GroupVersionForDiscovery
  serverAddressByClientCIDRs:[ServerAddressByClientCIDR] versions!:[GroupVersionForDiscovery]
APIGroupList
  apiVersion:string groups!:[APIGroup] kind:string
APIVersions
  apiVersion:string kind:string serverAddressByClientCIDRs!:[ServerAddressByClientCIDR] versions!:[string]
WatchEvent
  object!:any type!:string
ObjectMeta
  annotations:{string} clusterName:string@<24 creationTimestamp:time deletionGracePeriodSeconds:*int64 deletionTimestamp:*time
  finalizers:[string]= generateName:string generation:int64 labels:{string} managedFields:[ManagedFieldsEntry] name:string namespace:string
  ownerReferences:[OwnerReference]=uid resourceVersion:string selfLink:string uid:string
ListMeta
  continue:string remainingItemCount:*int64 resourceVersion:string selfLink:string
StatusDetails
  causes:[StatusCause] group:string kind:string name:string retryAfterSeconds:int32 uid:string
Preconditions
  resourceVersion:*string uid:*string
APIResource
  categories:[string] group:string kind!:string name!:string namespaced!:bool shortNames:[string] singularName!:string
  storageVersionHash:string verbs!:[string] version:string
GroupVersionForDiscovery
  groupVersion!:string version!:string
ServerAddressByClientCIDR
  clientCIDR!:string serverAddress!:string
ManagedFieldsEntry
  apiVersion:string fieldsType:string fieldsV1:any manager:string operation:string subresource:string@22 time:*time
OwnerReference atomic@21
  apiVersion!:string blockOwnerDeletion:*bool controller:*bool kind!:string name!:string uid!:string
Condition
  lastTransitionTime!:time message!:string observedGeneration:int64 reason!:string status!:string type!:string
StatusCause
  field:string message:string reason:string
LabelSelector atomic
  matchExpressions:[LabelSelectorRequirement] matchLabels:{string}
LabelSelectorRequirement
  key!:string operator!:string values:[string]
`;
