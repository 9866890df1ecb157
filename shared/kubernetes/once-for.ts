// What follows from one object alone is found once.

/**
 * The same as `find`, kept for each object as long as the object is there. For objects that nobody changes: those of a cluster, of Docker and their lists
 * are replaced when something in them changes.
 */
export function onceFor<Subject extends object, Value>(find: (subject: Subject) => Value): (subject: Subject) => Value {
  const known = new WeakMap<Subject, { readonly value: Value }>();
  return (subject) => {
    let kept = known.get(subject);
    if (!kept) known.set(subject, (kept = { value: find(subject) }));
    return kept.value;
  };
}
