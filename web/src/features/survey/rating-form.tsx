import { useTranslation } from "react-i18next";
import { z } from "zod";
import { TextAreaField } from "@/components/form/fields";
import { Form } from "@/components/form/form";
import { useAppForm } from "@/components/form/use-app-form";
import { Button } from "@/components/ui/button";
import { cn } from "@/lib/cn";

const RATINGS = ["5", "4", "3", "2", "1"] as const;

export interface Rating {
  rating: number;
  comment: string | null;
}

interface RatingFormProps {
  /** What is chosen when it opens: the answer so far, or the one that the mail's link named. */
  rating: number | null;
  comment: string | null;
  /** Nothing is changed by what is there already. */
  answered: boolean;
  /** Side by side where there is room. */
  wide?: boolean;
  save: (rating: Rating) => Promise<unknown>;
  onSaved: () => void;
}

const schema = z.object({ rating: z.string("survey.choose").min(1, "survey.choose"), comment: z.string().trim().max(2000, "field.too_long") });

/** One of five, and a few words. */
export function RatingForm({ rating, comment, answered, wide, save, onSaved }: RatingFormProps) {
  const { t } = useTranslation();
  const form = useAppForm({
    schema,
    values: { rating: rating === null ? "" : String(rating), comment: comment ?? "" },
    save: (values) => save({ rating: Number(values.rating), comment: values.comment || null }),
    onSaved,
    guard: false,
  });
  const wrong = form.formState.errors.rating !== undefined;
  return (
    <Form form={form}>
      <fieldset className="grid gap-2" aria-describedby={wrong ? "rating-error" : undefined}>
        <legend className="mb-2 text-sm font-medium">{t("survey.question")}</legend>
        <div className={cn("grid gap-2", wide && "sm:grid-cols-5")}>
          {RATINGS.map((value) => (
            <label
              key={value}
              className={cn(
                "flex min-h-11 cursor-pointer items-center gap-3 rounded-md border px-3 py-2 text-sm has-checked:border-primary has-checked:bg-primary/10 has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-ring",
                wide && "sm:flex-col sm:justify-center sm:gap-1 sm:text-center",
              )}
            >
              <input type="radio" value={value} className="accent-primary" {...form.register("rating")} />
              <span className="tabular font-semibold">{value}</span>
              <span>{t(`rating.${value}`)}</span>
            </label>
          ))}
        </div>
        {wrong && (
          <p id="rating-error" className="text-xs font-medium text-danger">
            {t("survey.choose")}
          </p>
        )}
      </fieldset>
      <TextAreaField form={form} name="comment" label={t("survey.comment")} hint={t("survey.commentHint")} rows={4} maxLength={2000} />
      <Button type="submit" variant="primary" size="lg" busy={form.formState.isSubmitting} className="justify-self-start">
        {t(answered ? "survey.change" : "survey.send")}
      </Button>
    </Form>
  );
}
