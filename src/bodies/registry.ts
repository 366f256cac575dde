// bodies/registry.ts: every structured type as a JSON document, so that one engine and one kind of path serve all

import type { BodyType } from "./body-type.ts";
import { readEvents } from "./formats/events.ts";
import { readForm } from "./formats/form.ts";
import { readHtml } from "./formats/html.ts";
import { readMultipart } from "./formats/multipart.ts";
import { readJsonLines, readJsonSequence } from "./formats/sequences.ts";
import { readXml } from "./formats/xml.ts";
import { readYaml } from "./formats/yaml.ts";
import type { Reader } from "./reader.ts";

/**
 * What the paths of rules and differences are written against, by type of body:
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
const READERS: ReadonlyMap<BodyType, Reader> = new Map<BodyType, Reader>([
  ["json lines", readJsonLines],
  ["json sequence", readJsonSequence],
  ["form", readForm],
  ["multipart", readMultipart],
  ["events", readEvents],
  ["xml", readXml],
  ["html", readHtml],
  ["yaml", readYaml],
]);

/** The reader of a type; none for JSON itself and for what is compared as text, table or bytes. */
export function readerOf(type: BodyType): Reader | undefined {
  return READERS.get(type);
}

export { list, object, type Read, type Reader } from "./reader.ts";
