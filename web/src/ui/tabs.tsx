import { useEffect, useRef } from "react";
import { Link, usePath } from "../router";

export interface PageTab {
  path: string;
  to: string;
  name: string;
}

/** Parts of a page, each with a URL of its own; scrolls sideways where there is no room. */
export function PageTabs({ label, tabs }: { label: string; tabs: readonly PageTab[] }) {
  const path = usePath();
  const here = useRef<HTMLAnchorElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new path has a new tab to bring into sight
  useEffect(() => {
    // Newer browsers answer with a promise, which is no clean-up.
    void here.current?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [path]);
  // The longest path that the present one begins with: /roles/groups is not also /roles.
  const at = tabs
    .filter((tab) => path === tab.path || path.startsWith(`${tab.path}/`))
    .sort((a, b) => b.path.length - a.path.length)[0];
  return (
    <nav className="tabs" data-scroll="" aria-label={label}>
      {tabs.map((tab) => (
        <Link
          key={tab.path}
          to={tab.to}
          className="tab"
          aria-current={tab === at ? "page" : undefined}
          {...(tab === at ? { ref: here } : {})}
        >
          {tab.name}
        </Link>
      ))}
    </nav>
  );
}
