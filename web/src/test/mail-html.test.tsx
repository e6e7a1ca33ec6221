import { render, screen } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { MailFrame } from "@/components/mail-frame";
import { mailDocument, type RemotePicture } from "@/components/mail-html-document";

const WORDS = { blocked: "not loaded", leadsTo: 'leads "to' };
const make = (html: string, nonce = "abc", remote?: ReadonlyMap<string, RemotePicture>) => mailDocument(html, nonce, false, WORDS, remote);

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

  it("shows pictures of others only from our own address, and says why one is not here", () => {
    const url = "https://t.example/a.png?x=1&y=2";
    const remote = new Map<string, RemotePicture>([
      [url, { path: "/api/v1/messages/m/pictures/0" }],
      ["https://t.example/b.svg", { why: "refused: kind" }],
    ]);
    const html = `<img data-remote-src="https://t.example/a.png?x=1&amp;y=2" alt="A" width="40"><img data-remote-src="https://t.example/b.svg" alt="A &lt;b&gt;"><img data-remote-src="https://t.example/c.png"><img data-remote-pixel="1" width="1">`;
    const made = make(html, "abc", remote);
    expect(made.html).toContain('<img data-image="0" alt="A" width="40">');
    expect(made.html).toContain('<span class="blocked">A &lt;b> – refused: kind</span>');
    expect(made.html).toContain('<span class="blocked">not loaded</span>');
    expect(made.images).toEqual(["/api/v1/messages/m/pictures/0"]);
    expect(made).toMatchObject({ blockedImages: 1, pixels: 1 });
    expect(made.html).not.toContain("t.example");
    expect(made.html).not.toContain("remote-pixel");
  });

  it("takes no attribute out of another one's text", () => {
    const remote = new Map<string, RemotePicture>([["https://t.example/a.png", { path: "/api/v1/messages/m/pictures/0" }]]);
    const made = make('<img alt="x data-remote-src=" title="https://t.example/a.png" data-cid="gone"><a title=" data-link-mismatch=">x</a>', "abc", remote);
    expect(made).toMatchObject({ images: [], strayLinks: 0 });
  });

  it("counts links that lead elsewhere and lets no label leave its rule", () => {
    const made = make('<a href="https://evil.test" data-link-mismatch="evil.test">bank.dz</a><a href="https://a.test">a</a>');
    expect(made.strayLinks).toBe(1);
    expect(made.html).toContain('data-link-mismatch="evil.test">bank.dz</a>');
    expect(made.html).toMatch(/a\[data-link-mismatch\]::after\{content:" ⚠ leads to /);
  });

  it("leaves text that looks like a tag alone and stays quick on hostile input", () => {
    expect(make('a &lt;p style="x"&gt;').html).toContain('&lt;p style="x"&gt;');
    const started = performance.now();
    make(`<p ${"a ".repeat(100_000)}`);
    make("<".repeat(200_000));
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});

it("says above the frame that links lead elsewhere, and leaves the word on pictures to its page", () => {
  const html = '<a href="https://evil.test" data-link-mismatch="evil.test">bank.dz</a><img data-remote-src="https://t.example/a.png">';
  const { rerender } = render(<MailFrame html={html} title="Message" />);
  expect(screen.getByText(/1 link leads elsewhere/)).toBeVisible();
  expect(screen.getByText(/1 remote image was not loaded/)).toBeVisible();
  rerender(<MailFrame html={html} title="Message" notice={({ blockedImages, pixels }) => <p>{`${blockedImages} and ${pixels}`}</p>} />);
  expect(screen.getByText("1 and 0")).toBeVisible();
  expect(screen.queryByText(/remote image was not loaded/)).toBeNull();
});

it("shows mail in a frame without scripts", () => {
  const { container } = render(<MailFrame html="<p>hello</p>" title="Message" />);
  const frame = container.querySelector("iframe")!;
  expect(frame.getAttribute("sandbox")).not.toContain("allow-scripts");
  expect(frame.getAttribute("sandbox")).not.toContain("allow-forms");
  expect(frame.title).toBe("Message");
  expect(frame.getAttribute("srcdoc")).toContain("<p>hello</p>");
});
