import i18next from "i18next";
import { get, type Field, type FieldPath, type FieldValues, type UseFormReturn } from "react-hook-form";
import { asApiError, explain, fieldErrors, fieldWords, type Explained } from "@/api/problem";

/** What is wrong with a field: its text's key, or a sentence. */
interface Wrong {
  name: string;
  message: string;
}

/** Each field that is wrong, and what is said of it. */
export function leaves(errors: object, path = ""): Wrong[] {
  return Object.entries(errors).flatMap(([key, error]: [string, { message?: unknown } | undefined]) => {
    if (typeof error?.message === "string") return [{ name: path + key, message: error.message }];
    return typeof error === "object" && key !== "ref" ? leaves(error, `${path}${key}.`) : [];
  });
}

/** Whether what is wrong with a field can be read at it; what is wrong with `says` the page itself says. */
function onScreen<V extends FieldValues>(form: UseFormReturn<V>, name: string, says?: readonly string[]): boolean {
  const field = get(form.control._fields, name) as Partial<Field> | undefined;
  return says?.includes(name) || field?._f?.mount === true;
}

/** What is wrong with fields that are not on screen. */
export function hiddenOf<V extends FieldValues>(form: UseFormReturn<V>, wrong: readonly Wrong[], says?: readonly string[]): Wrong[] {
  return wrong.filter(({ name }) => !onScreen(form, name, says));
}

/** Said above the fields: the press would seem to do nothing. */
export function notHere(hidden: readonly Wrong[], requestId: string | null = null): Explained {
  const said = hidden.map(({ message }) => fieldWords(i18next, message));
  return { title: i18next.t("form.hidden"), action: [...new Set(said)].join(" "), requestId };
}

/** Shows the server's verdicts at their fields; what none of them says is left to be said above them. */
export function placeErrors<V extends FieldValues>(form: UseFormReturn<V>, values: V, error: unknown, says?: readonly string[]): Explained | null {
  const found = Object.entries(fieldErrors(i18next, error));
  const placed = found.map(([path, message]): Wrong | null => {
    // A form is flat where the API nests: `imap.host` may be the field `imap_host`, and `profile.email` the field `email`.
    // What is wrong with one of many is said at their field.
    const [head = path] = path.split(".");
    const many = Array.isArray(get(values, head));
    const names = many ? [path, head] : [path, path.replaceAll(".", "_"), path.slice(path.indexOf(".") + 1)];
    const name = names.find((each) => onScreen(form, each, says)) ?? (many ? head : names.find((each) => get(values, each) !== undefined));
    if (name === undefined) return null;
    form.setError(name as FieldPath<V>, { type: "server", message });
    return { name, message };
  });
  const here = placed.filter((each) => each !== null);
  const hidden = hiddenOf(form, here, says);
  // The verdicts come in the server's order; somebody reads the form in its own.
  const place = (name: string) => Object.keys(values).indexOf(name.split(".")[0] ?? name);
  const [first] = here.filter((each) => !hidden.includes(each)).toSorted((a, b) => place(a.name) - place(b.name));
  if (first) form.setFocus(first.name as FieldPath<V>);
  if (placed.length === 0 || here.length < placed.length) return explain(i18next.t, error);
  return hidden.length > 0 ? notHere(hidden, asApiError(error).problem.request_id ?? null) : null;
}
