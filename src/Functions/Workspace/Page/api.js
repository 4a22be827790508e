// The API, with the session's cookie, which this script cannot read.

/** What the server said of this page: view, kind, id, tenant, user, admin, csrf, which is empty without a session. */
export const page = document.querySelector('meta[name="workspace"]').dataset;

/** The API's path of this page's agent or widget. */
export const resourcePath = `/v1/${page.kind}/${encodeURIComponent(page.id)}`;

/** An answer that is not a success: its message is for people, `errors` has what is wrong field by field. */
export class ApiError extends Error {
  constructor(status, problem) {
    super(problem?.detail ?? problem?.error?.message ?? (typeof problem?.error === "string" ? problem.error : undefined) ?? (status === 0 ? "The service cannot be reached. Check the connection and try again." : `The service answered ${status}.`));
    this.status = status;
    this.code = problem?.code ?? problem?.error?.code ?? "";
    this.errors = problem?.errors ?? [];
  }
}

/** Calls the API with a body that becomes JSON, or with a file. Gives `{ status, body, headers }`; throws ApiError for anything but 2xx and 304. */
export async function call(method, path, { body, file, headers = {}, text = false } = {}) {
  const all = { ...headers };
  if (body !== undefined) {
    all["Content-Type"] = "application/json";
  } else if (file !== undefined) {
    all["Content-Type"] = "application/octet-stream";
  }

  if (method !== "GET") {
    all["X-CSRF-Token"] = page.csrf;
  }

  let response;
  try {
    response = await fetch(path, { method, headers: all, body: body === undefined ? file : JSON.stringify(body), cache: "no-store", credentials: "same-origin" });
  } catch {
    throw new ApiError(0);
  }

  if (response.status === 304) {
    return { status: 304, headers: response.headers };
  }

  if (!response.ok) {
    const problem = await response.json().catch(() => undefined);
    if (response.status === 401 && page.csrf !== "" && path !== "/app/session") {
      document.dispatchEvent(new CustomEvent("session-ended"));
      throw new ApiError(401, { detail: "Sign in again to go on." });
    }

    throw new ApiError(response.status, problem);
  }

  if (text) {
    return { status: response.status, body: await response.text(), headers: response.headers };
  }

  const content = await response.text();
  return { status: response.status, body: content === "" ? undefined : JSON.parse(content), headers: response.headers };
}

/** The body of a GET. */
export const get = async (path) => (await call("GET", path)).body;

/**
 * Calls `step` again and again; what it returns is the pause in milliseconds before the next time, or null to end. A failure is told to `onError` and tried again, ever more
 * slowly; when the session has ended, not before there is another one. While nobody looks at the page it waits. Gives a function that ends it.
 */
export function repeat(step, onError) {
  let ended = false;
  let failures = 0;
  (async () => {
    while (!ended) {
      let pause;
      try {
        pause = await step();
        failures = 0;
      } catch (error) {
        if (ended) {
          return;
        }

        onError?.(error);
        if (error.status === 404) {
          return;
        }

        if (error.status === 401) {
          await new Promise((resolve) => document.addEventListener("session-renewed", resolve, { once: true }));
          failures = 0;
          continue;
        }

        pause = Math.min(30_000, 1000 * 2 ** failures++);
      }

      if (pause === null || ended) {
        return;
      }

      await new Promise((resolve) => setTimeout(resolve, pause));
      if (document.hidden) {
        await new Promise((resolve) => document.addEventListener("visibilitychange", resolve, { once: true }));
      }
    }
  })();
  return () => {
    ended = true;
  };
}

/** Repeats `step`, and says in a notice what is wrong, for as long as it is. */
export function repeatInto(problem, step) {
  let isBehind = false;
  return repeat(
    async () => {
      const pause = await step();
      if (isBehind) {
        isBehind = false;
        problem.clear();
      }

      return pause;
    },
    (error) => {
      isBehind = true;
      problem.bad(error);
    },
  );
}
