import {
  type AnchorHTMLAttributes,
  type ReactNode,
  useCallback,
  useEffect,
  useMemo,
  useSyncExternalStore,
} from "react";

/**
 * The URL is the only place where filters, tabs and open rows are kept, so a link shows a colleague the same view.
 * This is all of the routing: the History API, and a guard that can hold a person back who leaves unsaved work.
 */

export interface Guard {
  /** True where going to this path loses nothing. */
  stays: (path: string) => boolean;
  /** Asks the person; true to leave. */
  ask: () => Promise<boolean>;
}

const listeners = new Set<() => void>();
let guard: Guard | null = null;
let position = (history.state as { position?: number } | null)?.position ?? 0;
let returning = false;

function notify(): void {
  for (const listener of listeners) listener();
}

function commit(to: string, replace: boolean): void {
  if (!replace) position += 1;
  history[replace ? "replaceState" : "pushState"]({ position }, "", to);
  notify();
}

function guarded(path: string): Guard | null {
  return guard && !guard.stays(path) ? guard : null;
}

export async function navigate(to: string, options: { replace?: boolean } = {}): Promise<void> {
  if (!(await mayLeave(new URL(to, location.href).pathname))) return;
  commit(to, options.replace ?? false);
}

/** Whether nothing would be lost, or the person lets it go. */
export async function mayLeave(to: string): Promise<boolean> {
  const holding = guarded(to);
  if (holding && !(await holding.ask())) return false;
  if (holding) guard = null;
  return true;
}

addEventListener("popstate", (event) => {
  const next = (event.state as { position?: number } | null)?.position ?? 0;
  const steps = next - position;
  if (returning) {
    returning = false;
    position = next;
    return;
  }
  const holding = guarded(location.pathname);
  if (!holding || steps === 0) {
    position = next;
    notify();
    return;
  }
  // The browser has already gone; go back to the page that is still shown, and ask there.
  returning = true;
  position = next;
  history.go(-steps);
  void holding.ask().then((leave) => {
    if (!leave) return;
    guard = null;
    history.go(steps);
  });
});

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function usePath(): string {
  return useSyncExternalStore(subscribe, () => location.pathname);
}

export function useSearch(): URLSearchParams {
  const search = useSyncExternalStore(subscribe, () => location.search);
  return useMemo(() => new URLSearchParams(search), [search]);
}

export type Patch = Record<string, string | null | undefined>;

/** The present URL with some parameters changed; null takes one away. */
export function withSearch(patch: Patch, path = location.pathname, from = location.search): string {
  const parameters = new URLSearchParams(from);
  for (const [name, value] of Object.entries(patch))
    if (value === null || value === undefined || value === "") parameters.delete(name);
    else parameters.set(name, value);
  const text = parameters.toString();
  return text ? `${path}?${text}` : path;
}

/** Reads the URL's parameters and changes some of them. Typing replaces, choosing pushes. */
export function useSearchState(): [URLSearchParams, (patch: Patch, options?: { replace?: boolean }) => void] {
  const search = useSearch();
  const set = useCallback((patch: Patch, options: { replace?: boolean } = {}) => {
    void navigate(withSearch(patch), options);
  }, []);
  return [search, set];
}

/** While `active`, leaving for a path that `stays` does not accept (or closing the page) asks first. */
export function useLeaveGuard(active: boolean, stays: (path: string) => boolean, ask: () => Promise<boolean>): void {
  useEffect(() => {
    if (!active) return;
    const mine: Guard = { stays, ask };
    guard = mine;
    const unload = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener("beforeunload", unload);
    return () => {
      if (guard === mine) guard = null;
      removeEventListener("beforeunload", unload);
    };
  }, [active, stays, ask]);
}

/** A plain click on a plain link stays in the page; everything else is the browser's. */
export function followsInPage(event: {
  button: number;
  metaKey: boolean;
  ctrlKey: boolean;
  shiftKey: boolean;
  altKey: boolean;
}) {
  return event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
}

export function Link({
  to,
  children,
  ...rest
}: { to: string; children: ReactNode } & Omit<AnchorHTMLAttributes<HTMLAnchorElement>, "href">) {
  return (
    <a
      {...rest}
      href={to}
      onClick={(event) => {
        rest.onClick?.(event);
        if (event.defaultPrevented || !followsInPage(event)) return;
        event.preventDefault();
        void navigate(to);
      }}
    >
      {children}
    </a>
  );
}
