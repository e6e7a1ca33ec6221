import { act, fireEvent, render, screen } from "@testing-library/react";
import { useForm } from "react-hook-form";
import { describe, expect, it } from "vitest";
import { markMentions } from "@/components/mentions/mark-mentions";
import { MentionField } from "@/components/mentions/mention-field";

function Probe() {
  const form = useForm({ defaultValues: { body: "" } });
  return <MentionField form={form} name="body" label="Note" people={[{ id: "a", name: "Amel Admin" }]} />;
}

it("the caret stands behind a chosen name before the next letter can be typed", () => {
  render(<Probe />);
  const box = screen.getByRole<HTMLTextAreaElement>("textbox");
  act(() => box.focus());
  fireEvent.change(box, { target: { value: "Call @am, please" } });
  box.setSelectionRange("Call @am".length, "Call @am".length);
  fireEvent.select(box);
  // No waiting from here on: a quick writer does not wait for a frame.
  fireEvent.keyDown(box, { key: "Enter" });
  expect(box.value).toBe("Call @Amel Admin , please");
  expect(box.selectionStart).toBe("Call @Amel Admin ".length);
  expect(box.selectionEnd).toBe(box.selectionStart);
});

describe("mentions in what is formatted", () => {
  const shown = (html: string) => {
    const made = document.implementation.createHTMLDocument();
    made.body.innerHTML = html;
    return made;
  };
  const people = [
    { id: "a", name: "Ana" },
    { id: "b", name: "Ana Maria" },
    { id: "x", name: "<img src=x>" },
  ];

  it("stand out wherever they are, whole names first, and the reader's own the most", () => {
    const made = shown("<p>@Ana and <strong>@Ana Maria</strong>, not @Anabel</p><ul><li>(@Ana)</li></ul>");
    markMentions(made, people, "b");
    const marks = [...made.querySelectorAll("mark")].map((mark) => [mark.dataset.mention, mark.textContent, mark.dataset.me]);
    expect(marks).toEqual([
      ["a", "@Ana", undefined],
      ["b", "@Ana Maria", ""],
      ["a", "@Ana", undefined],
    ]);
    expect(made.body.textContent).toBe("@Ana and @Ana Maria, not @Anabel(@Ana)");
  });

  it("stay text whatever somebody is called, and are marked once", () => {
    const made = shown("<p>@&lt;img src=x&gt; @Ana</p>");
    markMentions(made, people);
    const once = made.body.innerHTML;
    expect(made.querySelector("img")).toBeNull();
    expect(made.querySelectorAll("mark")).toHaveLength(2);
    markMentions(made, people);
    expect(made.body.innerHTML).toBe(once);
  });
});
