// Whether a name is one that a workload gives to what it makes. A name proves nothing where the owner is known; it is what is left of an object that is gone.

/** The letters of generated names: k8s.io/apimachinery/pkg/util/rand. */
const LETTERS = '[bcdfghjklmnpqrstvwxz2456789]';
const RANDOM = `${LETTERS}{5}`;
/** Of a pod template: pkg/controller, ComputeHash. */
const HASH = `${LETTERS}{1,10}`;
/** What a generated name begins with is cut here, so that the whole fits 63: k8s.io/apiserver/pkg/storage/names. */
const LONGEST_BASE = 58;

const rests: Readonly<Record<string, Readonly<Record<string, RegExp>>>> = {
  Deployment: { ReplicaSet: new RegExp(`^${HASH}$`), Pod: new RegExp(`^${HASH}-${RANDOM}$`) },
  ReplicaSet: { Pod: new RegExp(`^${RANDOM}$`) },
  DaemonSet: { Pod: new RegExp(`^${RANDOM}$`) },
  StatefulSet: { Pod: /^\d+$/ },
  Job: { Pod: new RegExp(`^(\\d+-)?${RANDOM}$`) },
  CronJob: { Job: /^\d+$/, Pod: new RegExp(`^\\d+-(\\d+-)?${RANDOM}$`) },
};

/** Whether an object of this kind and name would be one that the workload makes, directly or by a child of its own. */
export function isMadeName(workload: { readonly kind: string; readonly name: string }, { kind, name }: { readonly kind: string; readonly name: string }): boolean {
  const rest = rests[workload.kind]?.[kind];
  const base = `${workload.name}-`.slice(0, LONGEST_BASE);
  return rest !== undefined && name.startsWith(base) && rest.test(name.slice(base.length));
}
