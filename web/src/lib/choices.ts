export interface Choice<T extends string = string> {
  value: T;
  label: string;
}

/** What can be chosen; undefined until that is known. */
export type Choices<T extends string = string> = readonly Choice<T>[] | undefined;

/** What has a name, as choices. */
export function named(list: readonly { id: string; name: string }[] | undefined): Choices {
  return list?.map(({ id, name }) => ({ value: id, label: name }));
}

/** The choices behind one that is always there. */
export function after(first: Choice, rest: Choices): Choices {
  return rest && [first, ...rest];
}
