export interface Choice<T extends string = string> {
  value: T;
  label: string;
}

/** What can be chosen; undefined until that is known. */
export type Choices<T extends string = string> = readonly Choice<T>[] | undefined;

/** What has a name, as choices; namesakes are told apart by their addresses. */
export function named(list: readonly { id: string; name: string; email?: string }[] | undefined): Choices {
  const met = new Map<string, number>();
  for (const { name } of list ?? []) met.set(name, (met.get(name) ?? 0) + 1);
  return list?.map(({ id, name, email }) => ({ value: id, label: email && met.get(name)! > 1 ? `${name} (${email})` : name }));
}

/** The choices behind one that is always there. */
export function after(first: Choice, rest: Choices): Choices {
  return rest && [first, ...rest];
}
