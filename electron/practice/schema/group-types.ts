// Types of the groups beside core.
// The notation is explained in notation.ts.

export const groupTypes = `
package io.k8s.api.events.v1
events.Event
  action:string apiVersion:string deprecatedCount:int32 deprecatedFirstTimestamp:time deprecatedLastTimestamp:time
  deprecatedSource:EventSource eventTime!:micro-time kind:string metadata!:ObjectMeta note:string reason:string regarding:ObjectReference
  related:ObjectReference reportingController:string reportingInstance:string series:events.EventSeries type:string
events.EventList
  apiVersion:string items!:[events.Event] kind:string metadata:ListMeta
events.EventSeries
  count!:int32 lastObservedTime!:micro-time
package io.k8s.api.coordination.v1
Lease
  apiVersion:string kind:string metadata:ObjectMeta spec:LeaseSpec
LeaseList
  apiVersion:string items!:[Lease] kind:string metadata:ListMeta
LeaseSpec
  acquireTime:*micro-time holderIdentity:*string leaseDurationSeconds:*int32 leaseTransitions:*int32 preferredHolder:*string@31
  renewTime:*micro-time strategy:*string(CoordinatedLeaseStrategy)@31
package io.k8s.api.authorization.v1
SelfSubjectAccessReview
  apiVersion:string kind:string metadata:ObjectMeta spec!:SelfSubjectAccessReviewSpec status:SubjectAccessReviewStatus
SelfSubjectRulesReview
  apiVersion:string kind:string metadata:ObjectMeta spec!:SelfSubjectRulesReviewSpec status:SubjectRulesReviewStatus
SelfSubjectAccessReviewSpec
  nonResourceAttributes:NonResourceAttributes resourceAttributes:ResourceAttributes
SubjectAccessReviewStatus
  allowed!:bool denied:bool evaluationError:string reason:string
SelfSubjectRulesReviewSpec
  namespace:string
SubjectRulesReviewStatus
  evaluationError:string incomplete!:bool nonResourceRules!:[NonResourceRule] resourceRules!:[ResourceRule]
NonResourceAttributes
  path:string verb:string
ResourceAttributes
  fieldSelector:FieldSelectorAttributes@31 group:string labelSelector:LabelSelectorAttributes@31 name:string namespace:string
  resource:string subresource:string verb:string version:string
NonResourceRule
  nonResourceURLs:[string] verbs!:[string]
ResourceRule
  apiGroups:[string] resourceNames:[string] resources:[string] verbs!:[string]
FieldSelectorAttributes
  rawSelector:string requirements:[FieldSelectorRequirement]
LabelSelectorAttributes
  rawSelector:string requirements:[LabelSelectorRequirement]
FieldSelectorRequirement
  key!:string operator!:string values:[string]
package io.k8s.api.policy.v1@22 io.k8s.api.policy.v1beta1
Eviction
  apiVersion:string deleteOptions:DeleteOptions kind:string metadata:ObjectMeta
`;
