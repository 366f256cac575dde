// bodies/registry.ts: the formats of bodies: each is read as a JSON document for comparing, and rewritten without secrets

import { type BodyType, typeOfOne } from "./body-type.ts";
import type { Content } from "./content.ts";
import type { Format } from "./format.ts";
import { readCsv, rewriteCsv } from "./formats/csv.ts";
import { rewriteMarkup } from "./formats/element.ts";
import { readEvents, rewriteEvents } from "./formats/events.ts";
import { readForm, rewriteForm } from "./formats/form.ts";
import { readHtml } from "./formats/html.ts";
import { readJson, readWrappedJson, rewriteJson, rewriteWrappedJson } from "./formats/json.ts";
import { multipartFormat } from "./formats/multipart.ts";
import { readJsonLines, readJsonSequence, rewriteJsonDocuments } from "./formats/sequences.ts";
import { readText, rewriteText } from "./formats/text.ts";
import { readXml } from "./formats/xml.ts";
import { LARGEST_YAML, readYaml } from "./formats/yaml.ts";
import { rewriteYaml } from "./formats/yaml-rewriter.ts";
import type { Redaction, Standing } from "./redaction.ts";
import { rewriteAs } from "./rewrite.ts";

/**
 * The format of each type. What the paths of rules and differences are written against, by type of body:
 *
 * | type | document | a path |
 * | --- | --- | --- |
 * | JSON, `+json`; in a call or behind a prefix | itself | `$.items[1].price` |
 * | JSON lines, documents in a row, JSON sequence | the list of the documents | `$[3].price` |
 * | YAML | itself, or the list of its documents where there are several | `$.spec.replicas` |
 * | form | an object: a name's value, or the list of them | `$.colour`, `$.size[1]` |
 * | CSV | the list of its rows, each an object by the header | `$[12].price` |
 * | multipart | the list of its parts: `fields`, `body` by the part's own type | `$[0].fields['content-type']`, `$[1].body.id` |
 * | server-sent events | the list of events: `event`, `id`, `retry`, `data` (as JSON where it is an object or array) | `$[2].data.id` |
 * | XML, `+xml` | the root element | `$.order[0].item[1].price`, `$.order[0]['@id']` |
 * | HTML | the root element, as a browser reads the page | `$.html[1].body[0].h1` |
 * | text | the list of its lines | `$[12]` |
 *
 * An **element** is an object: under its name its content, under `@name` each attribute, and under `@xmlns` its namespace
 * where that is not its parent's. Content without child elements is one string; else it is the list of children, elements
 * and text in their order. `$..price` finds every `<price>`, `$..['@sku']` every such attribute.
 *
 * A CSV with repeated column names or rows of other lengths is a list of lists, header first.
 */
export const FORMATS: Readonly<Record<BodyType, Format>> = {
  json: { read: readJson, rewrite: rewriteJson, exactPlaces: true },
  "wrapped json": { read: readWrappedJson, rewrite: rewriteWrappedJson, exactPlaces: true },
  "json lines": { read: readJsonLines, rewrite: rewriteJsonDocuments },
  "json sequence": { read: readJsonSequence, rewrite: rewriteJsonDocuments },
  yaml: { read: readYaml, rewrite: rewriteYaml, exactPlaces: true, largest: LARGEST_YAML },
  xml: { read: readXml, rewrite: rewriteMarkup },
  html: { read: readHtml, rewrite: rewriteMarkup },
  form: { read: readForm, rewrite: rewriteForm },
  csv: { read: readCsv, rewrite: rewriteCsv },
  multipart: multipartFormat((type) => FORMATS[type]),
  events: { read: readEvents, rewrite: rewriteEvents },
  text: { read: readText, rewrite: rewriteText },
  bytes: { read: undefined, rewrite: () => undefined },
};

/**
 * A body as text without its secrets, by the format that its media type declares or that it looks like, as in a comparison.
 * @param at where the root of the body's document stands
 */
export function rewriteBody(content: Content, redaction: Redaction, at: Standing): string {
  const type = typeOfOne(content);
  return rewriteAs(type, FORMATS[type], content, redaction, at);
}
