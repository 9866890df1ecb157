// Types of the groups beside core.
// The notation is explained in notation.ts.

export const groupTypes = `
package io.k8s.api.events.v1
events.Event
  action:string#6 apiVersion:string deprecatedCount:int32#15 deprecatedFirstTimestamp:time#13 deprecatedLastTimestamp:time#14
  deprecatedSource:EventSource#12 eventTime!:micro-time#2 kind:string metadata!:ObjectMeta#1 note:string#10 reason:string#7
  regarding:ObjectReference#8 related:ObjectReference#9 reportingController:string#4 reportingInstance:string#5 series:events.EventSeries#3
  type:string#11
events.EventList
  apiVersion:string items!:[events.Event]#2 kind:string metadata:ListMeta#1
events.EventSeries
  count!:int32#1 lastObservedTime!:micro-time#2
package io.k8s.api.coordination.v1
Lease
  apiVersion:string kind:string metadata:ObjectMeta#1 spec:LeaseSpec#2
LeaseList
  apiVersion:string items!:[Lease]#2 kind:string metadata:ListMeta#1
LeaseSpec
  acquireTime:*micro-time#3 holderIdentity:*string#1 leaseDurationSeconds:*int32#2 leaseTransitions:*int32#5 preferredHolder:*string#7@31
  renewTime:*micro-time#4 strategy:*string(CoordinatedLeaseStrategy)#6@31
package io.k8s.api.authorization.v1
SelfSubjectAccessReview
  apiVersion:string kind:string metadata:ObjectMeta#1 spec!:SelfSubjectAccessReviewSpec#2 status:SubjectAccessReviewStatus#3
SelfSubjectRulesReview
  apiVersion:string kind:string metadata:ObjectMeta#1 spec!:SelfSubjectRulesReviewSpec#2 status:SubjectRulesReviewStatus#3
SelfSubjectAccessReviewSpec
  nonResourceAttributes:NonResourceAttributes#2 resourceAttributes:ResourceAttributes#1
SubjectAccessReviewStatus
  allowed!:bool#1 denied:bool#4 evaluationError:string#3 reason:string#2
SelfSubjectRulesReviewSpec
  namespace:string#1
SubjectRulesReviewStatus
  evaluationError:string#4 incomplete!:bool#3 nonResourceRules!:[NonResourceRule]#2 resourceRules!:[ResourceRule]#1
NonResourceAttributes
  path:string#1 verb:string#2
ResourceAttributes
  fieldSelector:FieldSelectorAttributes#8@31 group:string#3 labelSelector:LabelSelectorAttributes#9@31 name:string#7 namespace:string#1
  resource:string#5 subresource:string#6 verb:string#2 version:string#4
NonResourceRule
  nonResourceURLs:[string]#2 verbs!:[string]#1
ResourceRule
  apiGroups:[string]#2 resourceNames:[string]#4 resources:[string]#3 verbs!:[string]#1
FieldSelectorAttributes
  rawSelector:string#1 requirements:[FieldSelectorRequirement]#2
LabelSelectorAttributes
  rawSelector:string#1 requirements:[LabelSelectorRequirement]#2
FieldSelectorRequirement
  key!:string#1 operator!:string#2 values:[string]#3
package io.k8s.api.policy.v1@22 io.k8s.api.policy.v1beta1
Eviction
  apiVersion:string deleteOptions:DeleteOptions#2 kind:string metadata:ObjectMeta#1
`;
