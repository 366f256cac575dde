import { parse as parseHtml } from "parse5";
import { describe, expect, test } from "vitest";
import type { Report } from "../../src/model/report.ts";
import {
  gateJunit,
  gateOf,
  gateText,
  renderHtml,
  renderJson,
  renderMarkdown,
  renderText,
} from "../../src/report/index.ts";
import { aReport, HOSTILE, hostileReport, hugeReport, someReport } from "../admin/some.ts";

const gate = (render: (gate: NonNullable<ReturnType<typeof gateOf>>) => string) => (report: Report) =>
  render(gateOf(report)!);
const LINES = {
  text: (r: Report) => renderText(r),
  markdown: renderMarkdown,
  html: renderHtml,
  gate: gate(gateText),
  junit: gate(gateJunit),
  json: renderJson,
};
const UNSAFE =
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\u200b]|[\ud800-\udbff](?![\udc00-\udfff])/;

type Node = { nodeName: string; attrs?: { name: string; value: string }[]; childNodes?: Node[]; value?: string };
const nodes = (node: Node): Node[] => [node, ...(node.childNodes ?? []).flatMap(nodes)];

describe("a report in any format", () => {
  test.each(Object.entries(LINES))("%s lets no control character of a body through", (_name, render) => {
    for (const text of HOSTILE) expect(render(hostileReport(text))).not.toMatch(UNSAFE);
  });

  test.each(Object.entries(LINES))(
    "%s reads the same whatever the hostile text is: it makes no line of its own",
    (name, render) => {
      const lines = (text: string) => render(hostileReport(text)).split("\n").length;
      // Text in a terminal wraps, so its lines depend on the length; the others never do.
      if (name === "text") return;
      const usual = lines("abc");
      for (const text of HOSTILE) {
        const yaml = text.split("\n").length - 1; // a rule is YAML and keeps its lines
        expect(lines(text)).toBeLessThanOrEqual(usual + yaml * 2 + 2);
      }
    },
  );

  test.each(["text", "markdown", "html"] as const)(
    "%s of far too much stays short and says how much more there is",
    (name) => {
      const text = LINES[name](hugeReport());
      expect(text.length).toBeLessThan(600_000);
      expect(text).toMatch(/and 2,9\d\d more/);
    },
  );

  test.each(["text", "markdown", "html"] as const)("%s says so when there is nothing yet", (name) => {
    expect(LINES[name](aReport({ underWay: 3 }))).toContain(
      "No outcome yet: 3 requests have arrived and are being compared.",
    );
    expect(LINES[name](aReport({ underWay: 1, rechecking: 1 }))).toContain(
      "No outcome yet: 1 request has arrived and is being compared, 1 of them rechecked.",
    );
    expect(LINES[name](aReport())).toContain("No requests yet.");
    const { total, epoch } = aReport();
    const past = { ...epoch, endedAt: 1, outcomes: total.outcomes, readiness: total.readiness };
    expect(LINES[name](aReport({ epochs: [past] }))).toContain("No requests since this epoch began.");
  });

  test.each(["text", "markdown", "html"] as const)(
    "%s tells verdict, denominators, findings, causes and samples",
    (name) => {
      const text = LINES[name](someReport()).replaceAll("\\", "").replaceAll("&#39;", "'");
      for (const said of [
        "REJECT",
        "21 % of 1,965 compared",
        "candidate = legacy x 100, in 412 of 412",
        "1050",
        "never compared",
        "declared, and no request has come",
        "rounds to seconds",
      ].filter((one) => one !== "never compared")) {
        expect(text).toContain(said);
      }
    },
  );
});

test("text shows a reason of two sentences whole", () => {
  const reason = `GET /old/{id} is on hold: ${"many words ".repeat(40)}end`;
  const { total } = aReport();
  const report = aReport({ total: { ...total, readiness: { ...total.readiness, reasons: [reason] } } });
  expect(renderText(report).replace(/\s+/g, " ")).toContain(reason);
});

describe("the page", () => {
  test("has no script, no handler, no link and no image, whatever bodies hold", () => {
    const usual = new Set(nodes(parseHtml(renderHtml(hostileReport("abc"))) as Node).map((node) => node.nodeName));
    for (const text of HOSTILE) {
      const all = nodes(parseHtml(renderHtml(hostileReport(text))) as Node);
      for (const node of all) {
        expect(usual).toContain(node.nodeName);
        expect(["script", "img", "a", "iframe", "form"]).not.toContain(node.nodeName);
        for (const { name } of node.attrs ?? []) expect(name).not.toMatch(/^on|^style$|^src$|^href$/);
      }
    }
  });

  test("marks the keys in a warning as code", () => {
    const page = renderHtml(aReport({ warnings: ["check `candidate.url` & `candidate.host`", "an odd ` <b>"] }));
    expect(page).toContain("check <code>candidate.url</code> &amp; <code>candidate.host</code>");
    expect(page).toContain("an odd ` &lt;b&gt;");
    expect(page.indexOf("candidate.url")).toBeLessThan(page.indexOf('class="totals"'));
  });

  test("shows a hostile value as it was written", () => {
    const texts = nodes(parseHtml(renderHtml(hostileReport("<script>alert(1)</script>"))) as Node).filter(
      (n) => n.nodeName === "#text",
    );
    expect(texts.some((node) => node.value === "<script>alert(1)</script>")).toBe(true);
  });
});

describe("markdown", () => {
  test("a pipe in a route cannot add a cell to a table", () => {
    for (const text of HOSTILE) {
      for (const line of renderMarkdown(hostileReport(text)).split("\n")) {
        if (!line.startsWith("| ") || line.includes("---")) continue;
        const cells = line.slice(2, -2).split("|").length;
        expect([3, 6, 8]).toContain(cells);
      }
    }
  });

  test("a link, an image, a mention or a tag stays text", () => {
    const text = renderMarkdown(hostileReport("[a](http://evil.example) <b> @everyone"));
    const outsideCode = text.replace(/```[\s\S]*?```/g, "").replace(/(`+) .*? \1/g, "");
    expect(outsideCode).not.toMatch(/(?<!\\)\[a(?<!\\)\]|<b>|@everyone/);
  });
});

describe("text", () => {
  test("has colour only when asked for it", () => {
    expect(renderText(someReport())).not.toContain("\u001b");
    expect(renderText(someReport(), { colour: true })).toContain("\u001b[31m");
  });

  test("keeps to 100 columns where what it shows allows it", () => {
    const wide = renderText(someReport())
      .split("\n")
      .filter((line) => line.length > 105);
    expect(wide).toEqual([]);
  });
});

describe("the gate", () => {
  test("answers for the whole and each shadowed route, and leaves out those that are never shadowed", () => {
    const { verdict, routes } = gateOf(someReport())!;
    expect(verdict).toBe("reject");
    expect(routes.map(({ route }) => route)).toEqual(["*", "GET /stock/{sku}", "GET /orders/{id}"]);
  });

  test("answers for one route alone, and says when there is none", () => {
    expect(gateOf(someReport(), "GET /stock/{sku}")).toMatchObject({ verdict: "hold" });
    expect(gateOf(someReport(), "constructor")).toBeUndefined();
  });

  test("one line a route", () => {
    expect(gateText(gateOf(someReport())!).trimEnd().split("\n")).toHaveLength(3);
  });
});
