// The causes that no case here provokes, and why: each has a fixture beside its rule. A test of the long run holds this list against the catalogue.
export const notLive: Readonly<Record<string, string>> = {
  'IMG-19': 'the runtime would have to be unable to read its own image store; that of a node others use is not broken',
  'INI-03': 'sidecars need a server of 1.28 or newer; these clusters are 1.20',
  'NOD-02': 'a kubelet that does not report takes the whole node with it, and every other case runs on that node',
  'NOD-03': 'a node that is short of something puts out the pods of every other case',
  OTHER: 'what no rule knows; the fuzz test makes such pods',
  'OWN-03': 'PodSecurity admission came with 1.23, and PodSecurityPolicy is not switched on here',
  'SBX-02': 'the pod network of a node would have to be stopped, and every other case needs it',
  'SCH-08': 'a node takes 110 pods; so many beside the other cases would slow them all',
  'SCH-09': 'scheduling gates need a server of 1.27 or newer',
  'SCH-12': 'the words of a scheduler that no rule knows',
};
