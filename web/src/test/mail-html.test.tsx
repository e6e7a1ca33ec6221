import { render } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { MailHtml } from "@/components/mail-html";
import { mailDocument } from "@/components/mail-html-document";

const make = (html: string, nonce = "abc") => mailDocument(html, nonce, false, "blocked");

describe("the mail document", () => {
  it("turns style attributes into rules that carry the nonce", () => {
    const { html } = make('<p style="color: red">a</p><p style="text-align:&quot;x&quot;">b</p>');
    expect(html).not.toContain(' style="');
    expect(html).toContain('<style nonce="abc">');
    expect(html).toContain('[data-s="0"]{color: red}');
    expect(html).toContain('<p data-s="0">a</p>');
  });

  it("lets no style close its rule or the sheet", () => {
    const { html } = make('<p style="color:red}body{display:none;&lt;/style&gt;@import">x</p>');
    const sheet = html.slice(html.indexOf("<style"), html.indexOf("</style>"));
    expect(sheet).not.toContain("}body{display");
    expect(sheet).not.toContain("@import");
    expect(html.match(/<\/style>/g)).toHaveLength(1);
  });

  it("loads nothing from elsewhere", () => {
    const made = make('<img data-remote-src="https://t.example/p.gif"><img data-cid="gone"><img src="/api/v1/attachments/0193-aa"><img src="data:image/png;base64,AA==">');
    expect(made.blockedImages).toBe(1);
    expect(made.images).toEqual(["/api/v1/attachments/0193-aa"]);
    expect(made.html).not.toContain("t.example");
    expect(made.html).toContain('data-image="0"');
    expect(made.html).toContain("data:image/png");
  });

  it("leaves text that looks like a tag alone and stays quick on hostile input", () => {
    expect(make('a &lt;p style="x"&gt;').html).toContain('&lt;p style="x"&gt;');
    const started = performance.now();
    make(`<p ${"a ".repeat(100_000)}`);
    make("<".repeat(200_000));
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});

it("shows mail in a frame without scripts", () => {
  const { container } = render(<MailHtml html="<p>hello</p>" title="Message" />);
  const frame = container.querySelector("iframe")!;
  expect(frame.getAttribute("sandbox")).not.toContain("allow-scripts");
  expect(frame.getAttribute("sandbox")).not.toContain("allow-forms");
  expect(frame.title).toBe("Message");
  expect(frame.getAttribute("srcdoc")).toContain("<p>hello</p>");
});
