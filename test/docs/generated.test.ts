import { expect, test } from "vitest";
import { apiPage, configurationPage, metricsPage } from "./tables.ts";

// A page that is out of date fails here; `npx vitest run test/docs -u` makes it anew.
test.each([
  ["configuration", configurationPage],
  ["metrics", metricsPage],
  ["http-api", apiPage],
])("docs/%s.md says what the tables in the code say", async (name, page) => {
  await expect(page()).toMatchFileSnapshot(`../../docs/${name}.md`);
});
