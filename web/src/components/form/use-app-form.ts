import { zodResolver } from "@hookform/resolvers/zod";
import { useRef, useState } from "react";
import { get, set, useForm, type DefaultValues, type FieldErrors, type FieldPath, type FieldPathValue, type FieldValues, type Resolver, type UseFormReturn } from "react-hook-form";
import type { z } from "zod";
import { asApiError, type Explained } from "@/api/problem";
import { RequestKey } from "@/lib/request-key";
import { draftedValues, useFormDraft } from "@/lib/use-form-draft";
import { letGo, useLeaveGuard } from "@/lib/use-leave-guard";
import { differing, heldBy, typedSince } from "./typed-since";
import { hiddenOf, leaves, notHere, placeErrors } from "./verdicts";

interface Sending {
  /** The same for the same values until the server has settled them: a second try does not do the work twice. */
  key: string;
  /** The version on which the writer looks. */
  version: number;
}

/** A record that the form changes. What changes elsewhere shows at once, except where something has been typed. */
interface Present {
  version: number;
  /** Reads it again after somebody else was quicker. */
  reload: () => Promise<{ version: number } | undefined>;
}

interface AppFormOptions<V extends FieldValues, R> {
  /** Its messages are keys of texts. */
  schema: z.ZodType<V, V>;
  /** Every field, with what it begins with. */
  values: V;
  /** Sends the values. */
  save: (values: V, sending: Sending) => Promise<R>;
  onSaved?: (result: R, values: V) => void;
  /** What it holds once it is saved: what was saved, unless this says otherwise. */
  afterwards?: (values: V) => V;
  /** Given when the form changes something that is there. */
  present?: Present;
  /** What is sent besides the values, such as files: with others it is other work. */
  besides?: unknown;
  /** What is typed is kept on this device under this name until it is saved. Never for secrets. */
  draft?: string;
  /** Leaving with unsaved changes is asked about; not where a draft is kept or where there is nothing to lose. */
  guard?: boolean;
  /** What has no field of the kit: the page itself says what is wrong with it. */
  says?: readonly FieldPath<V>[];
}

export interface AppForm<V extends FieldValues> extends UseFormReturn<V> {
  submit: (event?: React.BaseSyntheticEvent) => Promise<void>;
  /** Why the last try failed, unless a field says it. */
  failure: Explained | null;
  /** It began with a draft. */
  restored: boolean;
  /** Drops the draft and empties the form. */
  discard: () => void;
}

/**
 * The one way of doing a form: checked by its schema, sent once however often it is pressed, the server's verdicts on
 * fields shown at the fields, everything else above them; nothing typed is lost by accident.
 */
export function useAppForm<V extends FieldValues, R = unknown>({ schema, values, present, save, onSaved, afterwards, besides, draft, guard = draft === undefined, says }: AppFormOptions<V, R>): AppForm<V> {
  const form = useForm<V>({
    resolver: required(zodResolver(schema)),
    defaultValues: draft ? draftedValues(draft, values) : (values as DefaultValues<V>),
    values: present && values,
    // `keepDirtyValues` alone would call a form clean in which something has been typed.
    resetOptions: present && { keepDirtyValues: true, keepDirty: true },
  });
  const { isDirty } = form.formState;
  // It moves on by itself only while nothing has been changed.
  const [seen, setSeen] = useState(present?.version ?? 0);
  if (present && !isDirty && seen !== present.version) setSeen(present.version);
  const kept = useFormDraft(form, draft ?? null, values);
  useLeaveGuard(guard && isDirty);
  const [failure, setFailure] = useState<Explained | null>(null);
  const [key] = useState(() => new RequestKey());

  async function send(wanted: V) {
    setFailure(null);
    const sent = heldBy(form);
    try {
      const result = await save(wanted, { key: key.of([wanted, besides]), version: seen });
      key.done();
      const next = afterwards ? afterwards(wanted) : wanted;
      const typed = typedSince(form, sent);
      if (typed.length === 0) {
        form.reset(next, { keepDirtyValues: false, keepDirty: false });
        kept.forget({ keepForm: true });
        letGo();
      } else {
        goOn(next, typed);
      }
      onSaved?.(result, wanted);
    } catch (error) {
      const { code } = asApiError(error);
      // Said once, with what has changed on screen; sent again it is meant.
      if (code === "version_mismatch") void present?.reload().then((latest) => latest && setSeen(latest.version));
      key.failed(error);
      setFailure(placeErrors(form, values, error, says));
    }
  }
  // What was typed while it was being sent is not saved yet; the rest is.
  function goOn(next: V, typed: string[]) {
    form.reset(next, { keepDirtyValues: false, keepDirty: false, keepValues: true });
    for (const name of differing(form.getValues(), next) as FieldPath<V>[]) {
      if (!typed.includes(name)) form.setValue(name, get(next, name) as FieldPathValue<V, FieldPath<V>>, { shouldDirty: true });
    }
    // The version that has come is the writer's own.
    void present?.reload().then((latest) => latest && setSeen(latest.version));
  }
  // Said at the fields, which is where the focus goes. If none of them is on screen the press would seem to do nothing.
  function refused(errors: FieldErrors<V>) {
    const wrong = leaves(errors);
    const hidden = hiddenOf(form, wrong, says);
    setFailure(wrong.length > 0 && hidden.length === wrong.length ? notHere(hidden) : null);
  }
  // Not what is rendered: it may be pressed again before the page has noticed the first time.
  const sending = useRef(false);
  const submit = async (event?: React.BaseSyntheticEvent) => {
    event?.preventDefault();
    if (sending.current) return;
    sending.current = true;
    try {
      await form.handleSubmit(send, refused)(event);
    } finally {
      sending.current = false;
    }
  };
  return { ...form, submit, failure, restored: kept.restored, discard: kept.forget };
}

/**
 * What is wrong with a field in which nothing stands is that nothing stands in it. That is for what is said of one field (`field.*`);
 * a form's own sentence, such as one about several of its fields, stays.
 */
function required<V extends FieldValues>(check: Resolver<V>): Resolver<V> {
  return async (values, context, options) => {
    const result = await check(values, context, options);
    for (const { name, message } of leaves(result.errors)) {
      const value: unknown = get(values, name);
      if (typeof value === "string" && value.trim() === "" && message.startsWith("field.")) set(result.errors, `${name}.message`, "field.empty");
    }
    return result;
  };
}
