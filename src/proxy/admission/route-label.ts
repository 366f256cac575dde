// proxy/admission/route-label.ts: the route name under which one request counts: the same in every metric, total, finding and log line

import { type LearnedRoutes, OTHER } from "./learned-routes.ts";

/**
 * A declared route has its name from the start, and so has a learned one. For any other the answer of legacy decides: it is
 * learned when legacy serves the request, else the request counts as `other`.
 */
export class Label {
  /** The template, whether or not it is learned. */
  readonly template: string;
  private readonly learned: LearnedRoutes | undefined;
  private decided: string | undefined;

  /** @param learned undefined for a declared route */
  constructor(template: string, learned?: LearnedRoutes) {
    this.template = template;
    this.learned = learned;
    this.decided = learned === undefined || learned.has(template) ? template : undefined;
  }

  /** As it stands: it may change until it is `settled`. */
  get name(): string {
    return this.decided ?? OTHER;
  }

  get settled(): boolean {
    return this.decided !== undefined;
  }

  /**
   * Legacy answered, or will not be waited for: from here on the name does not change. A later call may still say that
   * legacy served the request, so that the next one of this route has its name.
   */
  settle(served: boolean): void {
    if (served) this.learned?.serve(this.template);
    this.decided ??= served ? this.template : OTHER;
  }
}

/** Whether an answer shows that the path exists: success, redirection, not modified, or another protocol. */
export function isServed(status: number): boolean {
  return status === 101 || (status >= 200 && status < 400);
}
