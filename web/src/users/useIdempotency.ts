import { useCallback, useRef } from "react";

/** The same request sent twice (a lost answer) is one; a changed form is a new request. */
export function useIdempotency(): (body: unknown) => string {
  const key = useRef({ value: "", of: "" });
  return useCallback((body) => {
    const text = JSON.stringify(body);
    if (key.current.of !== text) key.current = { of: text, value: crypto.randomUUID() };
    return key.current.value;
  }, []);
}
