// How a cause of the catalogue is provoked on a real cluster, and what is expected then. One file per family in cases/.
//
// A single case while it is written: CASE=CFG-01 npx vitest run --config build/vitest.config.ts --project long test/catalogue
// (CASE is matched against "ID what context"). CI runs the cases with `inCi`, `npm run test:long` runs all.
import type { Fix } from '../../shared/contract/findings.ts';
import type { TestContext } from '../fixtures/command-line.ts';

export interface Here {
  readonly context: Exclude<TestContext, 'minikube'>;
  /** The case's own namespace. */
  readonly namespace: string;
  /** What `prepare` gave. */
  readonly given: string;
}

export interface LiveCase {
  /** The finding that is expected: the first, unless `companion`. */
  readonly id: string;
  /** A few words that tell it from others of its id. */
  readonly what: string;
  /** Where it is run; Docker Desktop's kind of cluster alone when absent. */
  readonly on?: readonly Here['context'][];
  /** In `.ci/run`, one of each family: on the first cluster of `on`, or on all where the runtimes differ most. */
  readonly inCi?: true | 'all';
  /** YAML documents, created as they are in the case's namespace. The images `catalogue-…` of images.ts are on every node. */
  readonly manifest: (here: Here) => string;
  /** The pod that is looked at: its name, or with a `-` at the end how it begins. `p` when absent. */
  readonly pod?: string;
  /** A workload or Service that is looked at instead of a pod: the finding is its own. */
  readonly workload?: { readonly kind: string; readonly name: string };
  readonly container?: string;
  /** The last part of the sentence's key: `sentence` when absent. */
  readonly sentence?: string;
  /** Parameters of the sentence that matter. */
  readonly params?: Readonly<Record<string, string | number>>;
  /** It is enough that it is among the findings. */
  readonly companion?: boolean;
  /** The key of a change, or what the fix does ({given} in an image is what `prepare` gave); absent where the catalogue has no fix that Podlab makes by itself. */
  readonly fix?: string | Pick<Extract<Fix, { action: 'recreate' | 'load-and-recreate' }>, 'action' | 'policy' | 'image'>;
  /** What the pod (or one of that beginning) comes to after the fix: Ready when absent. A workload is whole then, with nothing wrong. */
  readonly end?: 'Ready' | 'Succeeded';
  /** Before the manifest: a registry, an image of the case's own, a label. What it opened is put on the stack. Gives what the manifest needs. */
  readonly prepare?: (here: Omit<Here, 'given'>, opened: AsyncDisposableStack) => Promise<string>;
  /** After the pod was created, where more has to happen (a deletion, a new build). */
  readonly afterwards?: (here: Here, opened: AsyncDisposableStack) => Promise<void>;
}
