/** One field's complaint inside a problem. */
export interface FieldProblem {
  field: string;
  code: string;
  detail: string;
}

/** An `application/problem+json` answer, or what stands for one when there was no answer. */
export class ApiProblem extends Error {
  override readonly name = "ApiProblem";
  readonly status: number;
  /** Stable; texts and decisions hang on this, never on the wording. */
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly errors: FieldProblem[];
  readonly requestId: string | null;
  /** Seconds to wait before the same is tried again, where the answer says so. */
  readonly retryAfter: number | null;
  /** Every member of the answer, for what a single operation adds (`report`, `missing`, …). */
  readonly body: Record<string, unknown>;

  constructor(status: number, body: Record<string, unknown>, retryAfter: number | null = null) {
    const text = (key: string) => (typeof body[key] === "string" ? (body[key] as string) : "");
    super(text("detail") || text("title") || `HTTP ${status}`);
    this.status = status;
    this.code = text("code") || `http_${status}`;
    this.title = text("title") || `HTTP ${status}`;
    this.detail = text("detail");
    this.errors = Array.isArray(body.errors) ? (body.errors as FieldProblem[]) : [];
    this.requestId = text("request_id") || null;
    this.body = body;
    this.retryAfter = retryAfter;
  }

  static async from(response: Response): Promise<ApiProblem> {
    let body: Record<string, unknown> = {};
    try {
      const parsed: unknown = await response.json();
      if (parsed && typeof parsed === "object") body = parsed as Record<string, unknown>;
    } catch {
      // Not ours (a proxy's page): the status has to do.
    }
    const wait = Number.parseInt(response.headers.get("retry-after") ?? "", 10);
    return new ApiProblem(response.status, body, Number.isNaN(wait) ? null : wait);
  }

  /** The server was not reached at all. */
  static unreachable(): ApiProblem {
    return new ApiProblem(0, {
      code: "unreachable",
      title: "No answer from the server",
      detail: "The server could not be reached. Check the connection and try again; nothing was changed.",
    });
  }

  /** Worth the same request again. */
  get transient(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

/** Anything that was thrown, as a problem that can be shown; an abort stays an abort. */
export function asProblem(error: unknown): ApiProblem {
  if (error instanceof ApiProblem) return error;
  return new ApiProblem(-1, {
    code: "unexpected",
    title: "Something went wrong on this page",
    detail: error instanceof Error ? error.message : String(error),
  });
}

export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === "AbortError";
}
